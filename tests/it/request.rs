//! A complete request to AWS: its service, its operation, and the protocol of its answer.
use std::{
    io::{self, BufRead, BufReader, Read},
    net::TcpStream,
};

/// A complete request.
pub(crate) struct Request {
    line: String,
    target: Option<String>,
    /// The service name in the signature, such as `elasticfilesystem`.
    signed_for: String,
    /// The bytes as forwarded to AWS: one call per connection.
    pub(crate) bytes: Vec<u8>,
    body: Vec<u8>,
}

/// A call, by the name AWS gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    /// The service as the SDK names it, such as `EC2`.
    pub(crate) service: &'static str,
    /// The operation; method and path, if the request does not name it.
    pub(crate) name: String,
    /// Whether it may change something.
    pub(crate) changes: bool,
}

/// The encoding of an error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Protocol {
    /// <https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html>
    Ec2,
    /// <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>
    Query,
    /// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>
    Json,
    /// <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html>
    RestJson,
    /// <https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html>
    RestXml,
    /// <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>
    Cbor,
}

/// The service names in signatures, and the SDK's names for them.
const SERVICES: [(&str, &str); 21] = [
    ("apigateway", "API Gateway"),
    ("application-autoscaling", "Application Auto Scaling"),
    ("cloudtrail", "CloudTrail"),
    ("ec2", "EC2"),
    ("ecs", "ECS"),
    ("elasticache", "ElastiCache"),
    ("elasticfilesystem", "EFS"),
    ("elasticloadbalancing", "Elastic Load Balancing v2"),
    ("execute-api", "an API of ours"),
    ("iam", "IAM"),
    ("kinesis", "Kinesis"),
    ("kms", "KMS"),
    ("logs", "CloudWatch Logs"),
    ("monitoring", "CloudWatch"),
    ("rds", "RDS"),
    ("rds-data", "RDS Data"),
    ("s3", "S3"),
    ("secretsmanager", "Secrets Manager"),
    ("sns", "SNS"),
    ("sqs", "SQS"),
    ("sts", "STS"),
];

/// REST calls that a test names: the method, the path with `*` for one segment, and the operation.
const REST: [(&str, &str, &str); 4] = [
    ("GET", "/account", "GetAccount"),
    ("POST", "/restapis/*/stages", "CreateStage"),
    ("POST", "/2015-02-01/access-points", "CreateAccessPoint"),
    ("PUT", "/2015-02-01/file-systems/*", "UpdateFileSystem"),
];

impl Request {
    /// The next request on that connection; `None` if the connection ends.
    pub(crate) fn read(client: &TcpStream) -> io::Result<Option<Self>> {
        let mut reader = BufReader::new(client);
        let (mut bytes, mut length, mut target, mut signed_for) = (Vec::new(), 0, None, String::new());
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(first.as_bytes());
        // One call per connection: the simplest correct solution.
        bytes.extend_from_slice(b"connection: close\r\n");
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let (name, value) = line.split_once(':').unwrap_or_default();
            match name.to_ascii_lowercase().as_str() {
                "connection" => continue,
                "content-length" => length = value.trim().parse().unwrap(),
                "x-amz-target" => target = Some(value.trim().to_owned()),
                "authorization" => signed_for = value.split('/').nth(3).unwrap_or_default().to_owned(),
                "transfer-encoding" => panic!("the SDK knows the length of every body it sends to these services"),
                _ => {}
            }
            bytes.extend_from_slice(line.as_bytes());
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        bytes.extend_from_slice(&body);
        Ok(Some(Self { line: first, target, signed_for, bytes, body }))
    }

    /// AWS's protocols name an operation in a header, in a form, in the path, or by method and path.
    pub(crate) fn call(&self) -> Call {
        let (method, path) = self.method_and_path();
        let target = self.target.as_deref().and_then(|t| t.rsplit('.').next());
        let named = target.map(str::to_owned).or_else(|| self.action()).or_else(|| operation(path));
        let service = SERVICES.iter().find(|(signed, _)| *signed == self.signed_for).map_or("", |(_, name)| *name);
        let (name, changes) = match named {
            Some(name) => {
                let changes = !["Describe", "Get", "List"].iter().any(|read| name.starts_with(read));
                (name, changes)
            }
            None => (rest(method, path).unwrap_or_else(|| format!("{method} {path}")), method != "GET"),
        };
        Call { service, name, changes }
    }

    /// The protocol of the answer.
    pub(crate) fn protocol(&self) -> Protocol {
        match self.signed_for.as_str() {
            "ec2" => Protocol::Ec2,
            "s3" => Protocol::RestXml,
            _ if self.target.is_some() => Protocol::Json,
            _ if self.action().is_some() => Protocol::Query,
            _ if operation(self.method_and_path().1).is_some() => Protocol::Cbor,
            _ => Protocol::RestJson,
        }
    }

    /// The first word in the request with that prefix. A word that begins with `subnet-` is the id of a subnet, not any
    /// other name.
    pub(crate) fn word(&self, beginning: &str) -> Option<String> {
        let text = format!("{}\n{}", self.line, String::from_utf8_lossy(&self.body));
        let text = text.replace("%3A", ":").replace("%2F", "/");
        let is_part = |c: &char| c.is_ascii_alphanumeric() || "-_:/.".contains(*c);
        let mut words =
            text.match_indices(beginning).map(|(at, _)| -> String { text[at..].chars().take_while(is_part).collect() });
        let is_id = |word: &String| word[beginning.len()..].chars().all(|c| c.is_ascii_hexdigit());
        words.find(|word| !beginning.ends_with('-') || is_id(word))
    }

    fn method_and_path(&self) -> (&str, &str) {
        let mut words = self.line.split(' ');
        (words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }

    fn action(&self) -> Option<String> {
        let form = String::from_utf8_lossy(&self.body);
        let action = form.strip_prefix("Action=")?;
        action.split('&').next().map(str::to_owned)
    }
}

fn operation(path: &str) -> Option<String> {
    path.split_once("/operation/").map(|(_, operation)| operation.to_owned())
}

fn rest(method: &str, path: &str) -> Option<String> {
    let path: Vec<&str> = path.split('?').next().unwrap_or_default().trim_end_matches('/').split('/').collect();
    let is = |pattern: &str| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        pattern.len() == path.len()
            && pattern.iter().zip(&path).all(|(expected, is)| *expected == "*" || expected == is)
    };
    REST.iter().find(|(m, pattern, _)| *m == method && is(pattern)).map(|(_, _, name)| (*name).to_owned())
}
