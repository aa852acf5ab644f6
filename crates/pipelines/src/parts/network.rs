//! A VPC over the region's zones, each with a public, a private and an isolated subnet.
use super::Parts;
use vidpipe_aws::{
    Aws,
    kinds::ec2::{
        ElasticIp, InternetGateway, InternetGatewayAttachment, NatGateway, Route, RouteTable, RouteTableAssociation,
        Subnet, SubnetPublicIp, Via, Vpc, VpcDns,
    },
};
use vidpipe_engine::{Graph, Handle, graph::Use};

/// What others stand on.
pub(crate) struct Network {
    pub(crate) vpc: Handle<Vpc>,
    /// The way in and out. It cannot go while anything in the VPC has a public address.
    pub(crate) internet: Handle<InternetGatewayAttachment>,
    /// Out through the internet gateway, with public addresses; one per zone.
    pub(crate) public: Vec<Handle<Subnet>>,
    /// Out through a NAT gateway, if there is one; one per zone.
    pub(crate) private: Vec<Handle<Subnet>>,
    /// No way out; one per zone.
    pub(crate) isolated: Vec<Handle<Subnet>>,
    /// The routes on the private subnets' way out: theirs, and those of the public subnets behind them.
    routes: Vec<Handle<Route>>,
    /// What makes those subnets use these routes.
    routing: Vec<Handle<RouteTableAssociation>>,
}

impl Network {
    /// What must be there before anything in a private or public subnet reaches the internet. It may go before its users do.
    pub(crate) fn way_out(&self) -> (Vec<Use<Route>>, Vec<Use<RouteTableAssociation>>) {
        (self.routes.iter().map(Handle::value).collect(), self.routing.iter().map(Handle::value).collect())
    }
}

/// A subnet with its own route table.
struct Placed {
    subnet: Handle<Subnet>,
    table: Handle<RouteTable>,
    routing: Handle<RouteTableAssociation>,
}

const EVERYWHERE: &str = "0.0.0.0/0";

pub(crate) fn add<D>(g: &mut Graph<Aws>, p: &Parts<'_, D>) -> Network {
    let (name, cidr) = (p.names.of("vpc"), p.spec.network.cidr.to_string());
    let vpc = g.add("vpc", (), move |()| Vpc { name: name.clone(), cidr: cidr.clone() });
    g.add("vpc-dns", &vpc, |vpc| VpcDns { vpc_id: vpc.id });

    let name = p.names.of("igw");
    let gateway = g.add("internet-gateway", (), move |()| InternetGateway { name: name.clone() });
    let internet = g.add("internet", (&gateway, &vpc), |(gateway, vpc)| InternetGatewayAttachment {
        gateway_id: gateway.id,
        vpc_id: vpc.id,
    });

    let public = tier(g, p, &vpc, "public", 0);
    let private = tier(g, p, &vpc, "private", 1);
    let isolated = tier(g, p, &vpc, "isolated", 2);

    let mut routes = Vec::new();
    for Placed { subnet, table, .. } in &public {
        g.add(&format!("{}-addresses", subnet.name()), subnet, |subnet| SubnetPublicIp { subnet_id: subnet.id });
        routes.push(g.add(&format!("{}-way-out", subnet.name()), (table, &internet), |(table, internet)| Route {
            table_id: table.id,
            destination: EVERYWHERE.into(),
            via: Via::InternetGateway(internet.gateway_id),
        }));
    }

    let nats: Vec<_> = public
        .iter()
        .take(p.spec.network.nat_gateways as usize)
        .enumerate()
        .map(|(i, Placed { subnet, .. })| {
            let (i, subnet, internet) = (i + 1, subnet.clone(), internet.clone());
            let name = p.names.of(&format!("nat-{i}"));
            let tag = name.clone();
            // The address outlives the gateway: it is released only when the gateway is gone.
            let address = g.add(&format!("nat-{i}-address"), (), move |()| ElasticIp { name: tag.clone() });
            // A NAT gateway in a VPC without an attached internet gateway fails; and while it stands, that cannot be detached.
            g.add(&format!("nat-{i}"), (&subnet, &address, &internet), move |(subnet, address, _)| NatGateway {
                name: name.clone(),
                subnet_id: subnet.id,
                allocation_id: address.allocation_id,
            })
        })
        .collect();

    for (Placed { subnet, table, .. }, nat) in private.iter().zip(nats.iter().cycle()) {
        // A route only names its gateway: the gateway may go first, the route stays behind as a black hole.
        routes.push(g.add(&format!("{}-way-out", subnet.name()), (table, nat.value()), |(table, nat)| Route {
            table_id: table.id,
            destination: EVERYWHERE.into(),
            via: Via::NatGateway(nat.id),
        }));
    }

    let routing = public.iter().chain(&private).map(|placed| placed.routing.clone()).collect();
    let subnets = |tier: Vec<Placed>| tier.into_iter().map(|placed| placed.subnet).collect();
    let (public, private, isolated) = (subnets(public), subnets(private), subnets(isolated));
    Network { vpc, internet, public, private, isolated, routes, routing }
}

/// Zones whose subnets' addresses follow each other tier by tier.
const SIDE_BY_SIDE: usize = 2;
/// Public, private and isolated.
const TIERS: usize = 3;

/// Which of the network's ranges is that tier's in that zone. Those of a third zone come after all of the first two, so that
/// one zone more or less moves no subnet: what stands in a subnet would have to go with it.
const fn range(tier: usize, zone: usize) -> usize {
    if zone < SIDE_BY_SIDE { tier * SIDE_BY_SIDE + zone } else { zone * TIERS + tier }
}

/// One subnet per zone, each with a route table of its own.
fn tier<D>(g: &mut Graph<Aws>, p: &Parts<'_, D>, vpc: &Handle<Vpc>, tier: &'static str, nth: usize) -> Vec<Placed> {
    let placed = p.facts.zones.iter().enumerate();
    placed
        .filter_map(|(i, zone)| Some((i, zone, p.spec.network.subnets().nth(range(nth, i))?)))
        .map(|(i, zone, cidr)| {
            let node = format!("{tier}-{}", i + 1);
            let (name, zone, cidr) = (p.names.of(&node), zone.clone(), cidr.to_string());
            let tag = name.clone();
            let subnet = g.add(&node, vpc, move |vpc| Subnet {
                name: name.clone(),
                vpc_id: vpc.id,
                zone: zone.clone(),
                cidr: cidr.clone(),
            });
            let table =
                g.add(&format!("{node}-routes"), vpc, move |vpc| RouteTable { name: tag.clone(), vpc_id: vpc.id });
            let routing = g.add(&format!("{node}-routing"), (&subnet, &table), |(subnet, table)| {
                RouteTableAssociation { subnet_id: subnet.id, table_id: table.id }
            });
            Placed { subnet, table, routing }
        })
        .collect()
}
