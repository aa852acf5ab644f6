//! StreamFlix on a moto server whose Kinesis is [kinesis-local](https://www.npmjs.com/package/kinesis-local): an
//! emulator that shares no code with moto, and in which every change of a stream takes half a second.
use crate::{harness::Harness, moto::Moto};
use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// A server on a free loopback port, ended with the test.
struct KinesisLocal {
    server: Child,
    endpoint: String,
}

impl KinesisLocal {
    /// Starts it, and waits until it listens.
    fn start() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/kinesis-local/node_modules/kinesis-local");
        assert!(program.exists(), "there is no {}: run .ci/run once, which installs it", program.display());
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        loop {
            let (plain, tls) = (free(), free());
            let mut command = Command::new("node");
            command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
            command.env("KINESIS_MOCK_PLAIN_PORT", &plain).env("KINESIS_MOCK_TLS_PORT", &tls);
            command.env("AWS_ACCOUNT_ID", "123456789012").env("AWS_REGION", "eu-central-1");
            command.arg(program.join("main.js")).current_dir(&program);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut server = command.spawn().expect("Node.js can be started");
            // It ends if another process took one of the ports.
            while server.try_wait().unwrap().is_none() {
                if TcpStream::connect(("127.0.0.1", plain.parse().unwrap())).is_ok() {
                    return Self { server, endpoint: format!("http://127.0.0.1:{plain}") };
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
    }

    /// Its streams: name, status, encryption, retention in hours, mode.
    fn streams(&self, moto: &Moto) -> String {
        let client = format!("boto3.client('kinesis', 'eu-central-1', endpoint_url='{}')", self.endpoint);
        let fields = "('StreamName', 'StreamStatus', 'EncryptionType', 'RetentionPeriodHours')";
        moto.python(&format!(
            "kinesis = {client}\nfor name in kinesis.list_streams()['StreamNames']:\n    \
             stream = kinesis.describe_stream_summary(StreamName=name)['StreamDescriptionSummary']\n    \
             print(*(stream[field] for field in {fields}), stream['StreamModeDetails']['StreamMode'])"
        ))
    }
}

impl Drop for KinesisLocal {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn streamflix_lives_with_its_stream_on_kinesis_local() {
    let (moto, kinesis) = (Moto::start(), KinesisLocal::start());
    let harness = Harness::at(moto.endpoint()).with("AWS_ENDPOINT_URL_KINESIS", &kinesis.endpoint);
    harness.run("up -p streamflix --suffix staging --yes").ends(0);
    let made = kinesis.streams(&moto);
    assert_eq!(made, "streamflix-kinesis-staging ACTIVE KMS 24 PROVISIONED\n");
    harness.run("verify --suffix staging").ends(0);
    let others = moto.live_in("eu-central-1");
    harness.run("up -p streamflix --suffix staging --yes --refresh").ends(0);
    assert_eq!(moto.live_in("eu-central-1").differing(&others), [""; 0], "there was nothing to change");
    assert_eq!(kinesis.streams(&moto), made);
    harness.run("down --suffix staging --yes").ends(0);
    assert_eq!(kinesis.streams(&moto), "", "the stream is left");
}
