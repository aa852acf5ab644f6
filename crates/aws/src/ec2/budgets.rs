//! [Throttling](https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html) of the EC2 API.
use crate::budgets::{is_read, rate};
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    let rate = match action {
        "CreateNatGateway" | "DeleteNatGateway" => rate(10.0, 1.0),
        "CreateTags" => rate(100.0, 10.0),
        "CreateVpcEndpoint" | "DeleteVpcEndpoints" | "ModifyVpcEndpoint" => rate(4.0, 0.3),
        _ if is_read(action) => rate(100.0, 20.0),
        _ => rate(50.0, 5.0),
    };
    vec![(action, rate)]
}
