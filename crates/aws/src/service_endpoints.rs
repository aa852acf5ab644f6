//! Where the calls of each service go: to AWS, or to something that stands in for it. Call budgets, patience and what counts
//! as evidence depend on that, so nobody guesses it from an environment variable: the SDK itself says which address it was
//! configured with, service by service, as its clients are made.
use aws_config::SdkConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};
use vidpipe_engine::{Class, Error, Result};
use vidpipe_text::clean;

/// What the host names of AWS end with, partition by partition, with those of dual-stack endpoints.
const OF_AWS: &[&str] = &[
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.com.cn",
    "api.amazonwebservices.eu",
    "api.aws",
    "c2s.ic.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "sc2s.sgov.gov",
];

/// The variable every service's own is named after.
const VARIABLE: &str = "AWS_ENDPOINT_URL";

/// The address that is configured for each service; `None` where it is AWS's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints(BTreeMap<&'static str, Option<String>>);

impl Endpoints {
    /// What the SDK is configured with for that service.
    pub(crate) fn note(&mut self, service: &'static str, address: Option<String>) {
        self.0.insert(service, address.filter(|at| !is_of_aws(at)));
    }

    /// The address of what stands in for AWS; `None` if nothing does. There may be several, for several services.
    pub fn elsewhere(&self) -> Option<String> {
        let addresses: BTreeSet<String> = self.0.values().flatten().map(|address| told(address)).collect();
        (!addresses.is_empty()).then(|| addresses.into_iter().collect::<Vec<_>>().join(", "))
    }

    /// Whether something stands in for AWS for that service.
    pub(crate) fn is_elsewhere(&self, service: &str) -> bool {
        self.0.get(service).is_some_and(Option::is_some)
    }

    /// Refuses addresses that cannot be called, and half an emulator: then either AWS or the emulator would be taken for the
    /// other.
    ///
    /// # Errors
    /// When an address is no URL of a host, or only some services have one that is not AWS's.
    pub fn check(&self) -> Result<()> {
        let wrong = self.0.values().flatten().find_map(|address| Some((address, fault(address)?)));
        if let Some((address, fault)) = wrong {
            let those = self.0.iter().filter(|(_, at)| at.as_ref() == Some(address)).map(|(service, _)| named(service));
            let those: Vec<String> = those.collect();
            let those = if those.len() == self.0.len() { "AWS".into() } else { those.join(", ") };
            let message = format!("call {those}: the endpoint URL `{}` {fault}", told(address));
            return Err(Error::new(Class::Invalid, message).hint(format!(
                "expected such as http://localhost:4566; it comes from {VARIABLE}, {VARIABLE}_<SERVICE>, or `endpoint_url` in \
                 the profile"
            )));
        }
        let (there, here): (Vec<_>, Vec<_>) = self.0.iter().partition(|(_, address)| address.is_some());
        let (Some((_, Some(address))), Some(_)) = (there.first(), here.first()) else { return Ok(()) };
        // The fewer are the exception.
        let few = if there.len() <= here.len() { &there } else { &here };
        let few: Vec<String> = few.iter().map(|(service, _)| named(service)).collect();
        let (few, address) = (few.join(", "), told(address));
        let (those, others) = match there.len() <= here.len() {
            true => (address.as_str(), "AWS"),
            false => ("AWS", address.as_str()),
        };
        let message = format!(
            "use AWS and something else at once: the calls of {few} would go to {those}, all others to {others}"
        );
        Err(Error::new(Class::Invalid, message).hint(format!(
            "for AWS, unset {VARIABLE}_<SERVICE> or set AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true; for an emulator, set \
             {VARIABLE} for all services"
        )))
    }
}

/// A service as messages name it.
fn named(service: &str) -> String {
    service.to_uppercase().replace('_', " ")
}

/// An address without the credentials that may be in it.
fn told(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").map_or(("", address), |(scheme, rest)| (scheme, rest));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    clean(&if scheme.is_empty() { rest.to_owned() } else { format!("{scheme}://{rest}") })
}

/// The host a URL names; what is no URL names none.
fn host(address: &str) -> Option<String> {
    let uri: http::Uri = address.parse().ok()?;
    uri.scheme()?;
    Some(uri.host()?.to_lowercase()).filter(|host| !host.is_empty())
}

fn is_of_aws(address: &str) -> bool {
    let host = host(address).unwrap_or_default();
    OF_AWS.iter().any(|end| host.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

fn fault(address: &str) -> Option<&'static str> {
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    if host(address).is_none() {
        return Some("is not a URL with a scheme and a host");
    }
    if !(address.starts_with("http://") || address.starts_with("https://")) {
        return Some("is neither http nor https");
    }
    authority.contains('@').then_some("holds credentials, which AWS never takes so")
}

/// Listens to what the SDK asks the configuration for, as it makes its clients.
#[derive(Debug)]
pub(crate) struct Asked {
    config: SdkConfig,
    last: Arc<Mutex<Option<String>>>,
}

impl Asked {
    /// The same configuration, in which an empty address counts as none; and what was said of each service's, when it was
    /// asked for.
    pub(crate) fn of(config: SdkConfig) -> (SdkConfig, impl Fn() -> Option<String>) {
        let last = Arc::<Mutex<Option<String>>>::default();
        let all = config.endpoint_url().filter(|url| !url.is_empty()).map(str::to_owned);
        let asked = Self { config: config.clone(), last: last.clone() };
        let mut builder = config.into_builder();
        builder.set_endpoint_url(all.clone());
        if asked.config.service_config().is_some() {
            builder = builder.service_config(asked);
        }
        let said = move || last.lock().unwrap_or_else(PoisonError::into_inner).take().or_else(|| all.clone());
        (builder.build(), said)
    }
}

impl LoadServiceConfig for Asked {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let is_address = key.env() == VARIABLE;
        let said = self.config.service_config()?.load_config(key).filter(|said| !(is_address && said.is_empty()));
        if is_address {
            self.last.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&said);
        }
        said
    }
}

#[cfg(test)]
mod tests;
