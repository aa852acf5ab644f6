//! Checks the tables against the errors listed in AWS's models.
use super::{class_of, meaning};
use crate::{
    error::{Refusal, rows::bare},
    services,
};
use serde_json::Value;
use std::collections::BTreeSet;
use vidpipe_engine::Class;

mod meanings;
mod messages;

fn listed() -> Value {
    serde_json::from_str(include_str!("../../data/errors.json")).unwrap()
}

/// The listed errors: service, operations that return it, code as on the wire, HTTP status.
fn errors() -> Vec<(String, Vec<String>, String, u16)> {
    let mut errors = Vec::new();
    for (service, has) in listed()["services"].as_object().unwrap() {
        for (shape, row) in has["errors"].as_object().unwrap() {
            let says = |shapes: &Value| shapes.as_array().unwrap().iter().any(|s| s == shape.as_str());
            let operations = has["operations"].as_object().unwrap();
            let by = operations.iter().filter(|(_, shapes)| says(shapes)).map(|(o, _)| o.clone()).collect();
            let code = row["code"].as_str().unwrap_or(shape).to_owned();
            let status = row["status"].as_u64().map_or(400, |s| u16::try_from(s).unwrap());
            errors.push((service.clone(), by, code, status));
        }
    }
    errors
}

#[test]
fn every_error_that_is_listed_has_a_class() {
    let errors = errors();
    assert!(errors.len() > 350, "{}", errors.len());
    for (service, operations, code, status) in &errors {
        for action in operations {
            let class = class_of(&Refusal { service, action, code, message: "", status: *status });
            assert_ne!(class, Class::Unrecognized, "{service} {action} {code}");
        }
    }
}

#[test]
fn every_service_is_listed_and_no_row_is_behind_another() {
    let listed = listed();
    for service in services::apis() {
        assert!(listed["services"][service.name].is_object(), "{}", service.name);
        let mut plain = BTreeSet::new();
        for row in service.codes.iter().filter(|row| row.says.is_empty() && row.to.is_empty()) {
            for code in row.codes {
                assert!(plain.insert(bare(code)), "{} {code} twice", service.name);
            }
        }
    }
}

/// Service, action, code, message, class, and class once every resource is old enough to be visible.
type Case = (&'static str, &'static str, &'static str, &'static str, Class, Option<Class>);

fn check(cases: &[Case]) {
    for &(service, action, code, message, class, otherwise) in cases {
        let means = meaning(&Refusal { service, action, code, message, status: 400 });
        assert_eq!((means.class, means.otherwise), (class, otherwise), "{service} {action} {code}: {message}");
    }
}
