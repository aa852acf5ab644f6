//! Properties that hold for arbitrary bytes in place of an AWS response. `fuzz/` compiles this file too.
use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::runtime::Runtime;
use vidpipe_aws::{Aws, Connection, OrFail, newest_aurora};
use vidpipe_engine::Error;
use vidpipe_text::hidden;

/// A status and a body.
type Answer = (u16, Vec<u8>);

/// Returns these responses in order, and then repeats the last one.
#[derive(Clone, Debug)]
struct Answers(Arc<Mutex<VecDeque<Answer>>>);

impl HttpConnector for Answers {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let mut answers = self.0.lock().unwrap();
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        let (status, body) = next.unwrap_or((500, Vec::new()));
        let status = StatusCode::try_from(status).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

impl HttpClient for Answers {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Runs calls that receive these responses. The connection is created once per thread, since creating it takes longer
/// than using it.
fn run(answers: impl IntoIterator<Item = Answer>, calls: impl AsyncFnOnce(&Aws)) {
    thread_local! { static ASKED: &'static (Runtime, Answers, Aws) = Box::leak(Box::new(connected())); }
    ASKED.with(|(runtime, given, aws)| {
        *given.0.lock().unwrap() = answers.into_iter().collect();
        runtime.block_on(calls(aws));
    });
}

fn connected() -> (Runtime, Answers, Aws) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let answers = Answers(Arc::default());
    let connection = Connection::in_process("eu-west-1", SharedHttpClient::new(answers.clone()), Vec::new());
    let aws = runtime.block_on(Aws::connect(Connection { unmetered: true, ..connection }));
    (runtime, answers, aws)
}

/// Asserts that the result is a value, or an error that names the operation in printable text.
fn sound<T>(result: Result<T, Error>) {
    let Err(error) = result else { return };
    assert!(error.message.starts_with("do it"), "{error:?}");
    assert!(error.call.is_some(), "no service and action: {error:?}");
    for text in [error.message.as_str()].into_iter().chain(error.request_id.as_deref()) {
        assert!(!text.contains(hidden), "it could steer a terminal: {text:?}");
    }
}

const STATUSES: [u16; 8] = [200, 400, 403, 404, 429, 500, 503, 301];

/// Parses the body as a response of each protocol; the first byte selects the status.
pub(crate) fn errors(bytes: &[u8]) {
    let Some((first, body)) = bytes.split_first() else { return };
    let status = STATUSES[usize::from(*first) % STATUSES.len()];
    run([(status, body.to_vec())], async |aws| {
        sound(aws.ec2.describe_vpcs().send().await.or_fail("do it"));
        sound(aws.rds.describe_db_instances().send().await.or_fail("do it"));
        sound(aws.ecs.list_clusters().send().await.or_fail("do it"));
        sound(aws.efs.describe_file_systems().send().await.or_fail("do it"));
        sound(aws.cloudwatch.describe_alarms().send().await.or_fail("do it"));
        sound(aws.s3.list_buckets().send().await.or_fail("do it"));
    });
}

/// Parses the pages of a list, separated by form feeds and followed by a refusal. The listing must terminate.
pub(crate) fn pages(bytes: &[u8]) {
    let pages = bytes.split(|byte| *byte == b'\x0c').take(64).map(|page| (200, page.to_vec()));
    let refusal = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no more</Message></Error></ErrorResponse>";
    run(pages.chain([(403, refusal.into())]), async |aws| {
        if let Err(error) = newest_aurora(aws, "16").await {
            assert!(!error.message.contains(hidden), "it could steer a terminal: {error:?}");
        }
    });
}
