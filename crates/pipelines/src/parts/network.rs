//! A VPC across the region's availability zones, with a public, a private and an isolated subnet in each zone.
use super::Parts;
use vidpipe_aws::{
    Aws,
    kinds::ec2::{
        ElasticIp, InternetGateway, InternetGatewayAttachment, NatGateway, Route, RouteTable, RouteTableAssociation,
        Subnet, SubnetPublicIp, Via, Vpc, VpcDns, VpcEndpoint,
    },
};
use vidpipe_engine::{Graph, Handle, graph::Use};

/// The network resources that other parts use.
pub(crate) struct Network {
    pub(crate) vpc: Handle<Vpc>,
    /// The internet gateway attachment. It cannot be deleted while a resource in the VPC has a public address.
    pub(crate) internet: Handle<InternetGatewayAttachment>,
    /// Subnets with a default route to the internet gateway and public addresses; one per zone.
    pub(crate) public: Vec<Handle<Subnet>>,
    /// Subnets with a default route to a NAT gateway, if one exists; one per zone.
    pub(crate) private: Vec<Handle<Subnet>>,
    /// Subnets without a default route; one per zone.
    pub(crate) isolated: Vec<Handle<Subnet>>,
    /// The default routes of the private subnets, and of the public subnets their NAT gateways are in.
    routes: Vec<Handle<Route>>,
    /// The associations of those subnets with their route tables.
    routing: Vec<Handle<RouteTableAssociation>>,
}

impl Network {
    /// The routes that must exist before a private or public subnet reaches the internet. They may be deleted before
    /// their users.
    pub(crate) fn way_out(&self) -> (Vec<Use<Route>>, Vec<Use<RouteTableAssociation>>) {
        (self.routes.iter().map(Handle::value).collect(), self.routing.iter().map(Handle::value).collect())
    }
}

/// A subnet with its route table.
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
    let internet = g.add("internet-gateway-attachment", (&gateway, &vpc), |(gateway, vpc)| InternetGatewayAttachment {
        gateway_id: gateway.id,
        vpc_id: vpc.id,
    });

    let public = tier(g, p, &vpc, "public", 0);
    let private = tier(g, p, &vpc, "private", 1);
    let isolated = tier(g, p, &vpc, "isolated", 2);

    let mut routes = Vec::new();
    for Placed { subnet, table, .. } in &public {
        g.add(&format!("{}-auto-assign-ip", subnet.name()), subnet, |subnet| SubnetPublicIp { subnet_id: subnet.id });
        routes.push(g.add(&format!("{}-default-route", subnet.name()), (table, &internet), |(table, internet)| {
            Route { table_id: table.id, destination: EVERYWHERE.into(), via: Via::InternetGateway(internet.gateway_id) }
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
            // The address outlives the gateway: it can be released only after the gateway is deleted.
            let address = g.add(&format!("nat-gateway-{i}-elastic-ip"), (), move |()| ElasticIp { name: tag.clone() });
            // A NAT gateway fails in a VPC without an attached internet gateway, and blocks detaching it while it
            // exists.
            g.add(&format!("nat-gateway-{i}"), (&subnet, &address, &internet), move |(subnet, address, _)| NatGateway {
                name: name.clone(),
                subnet_id: subnet.id,
                allocation_id: address.allocation_id,
            })
        })
        .collect();

    for (Placed { subnet, table, .. }, nat) in private.iter().zip(nats.iter().cycle()) {
        // A route only names its gateway. The gateway may be deleted first; the route then becomes a black hole.
        routes.push(g.add(&format!("{}-default-route", subnet.name()), (table, nat.value()), |(table, nat)| Route {
            table_id: table.id,
            destination: EVERYWHERE.into(),
            via: Via::NatGateway(nat.id),
        }));
    }

    let tables: Vec<_> = private.iter().map(|placed| &placed.table).collect();
    let (name, region) = (p.names.of("s3-endpoint"), p.facts.region.clone());
    g.add("s3-endpoint", (&vpc, tables), move |(vpc, tables)| VpcEndpoint {
        name: name.clone(),
        vpc_id: vpc.id,
        service_name: format!("com.amazonaws.{region}.s3"),
        route_table_ids: tables.into_iter().map(|table| table.id).collect(),
    });

    let routing = public.iter().chain(&private).map(|placed| placed.routing.clone()).collect();
    let subnets = |tier: Vec<Placed>| tier.into_iter().map(|placed| placed.subnet).collect();
    let (public, private, isolated) = (subnets(public), subnets(private), subnets(isolated));
    Network { vpc, internet, public, private, isolated, routes, routing }
}

/// The number of zones whose subnets are interleaved, tier by tier.
const SIDE_BY_SIDE: usize = 2;
/// Public, private and isolated.
const TIERS: usize = 3;

/// The index of the CIDR range for that tier in that zone. The ranges of a third zone follow all those of the first
/// two, so adding or removing a zone moves no subnet: a move would replace every resource in the subnet.
const fn range(tier: usize, zone: usize) -> usize {
    if zone < SIDE_BY_SIDE { tier * SIDE_BY_SIDE + zone } else { zone * TIERS + tier }
}

/// Adds one subnet per zone, each with its own route table.
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
                g.add(&format!("{node}-route-table"), vpc, move |vpc| RouteTable { name: tag.clone(), vpc_id: vpc.id });
            let routing = g.add(&format!("{node}-route-table-association"), (&subnet, &table), |(subnet, table)| {
                RouteTableAssociation { subnet_id: subnet.id, table_id: table.id }
            });
            Placed { subnet, table, routing }
        })
        .collect()
}
