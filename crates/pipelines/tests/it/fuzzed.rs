//! The targets of `fuzz/`, on stable Rust: bytes derived from good and bad examples by a seeded generator. Each test
//! runs a few cases; `VIDPIPE_FUZZ_SECONDS` runs more, as `just fuzz` does.
use crate::{
    answered, anything,
    harness::{Harness, PIPELINES, PLENTY, STREAMTECH},
};
use fastrand::Rng;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};
use vidpipe_pipelines::spec::{Pipeline, template};
use vidpipe_sandbox::Clock;

/// Number of cases, if no time is set.
const CASES: usize = 200;
/// Maximum length of a case: a case that is slow because it is long shows nothing.
const LONGEST: usize = 64 * 1024;

/// Runs a target on mutations of the examples and words; returns a summary.
fn fuzz(target: fn(&[u8]), seeds: &[Vec<u8>], words: &[&str]) -> String {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let (seconds, seed) = (number("VIDPIPE_FUZZ_SECONDS"), number("VIDPIPE_FUZZ_SEED").unwrap_or(7));
    let (mut rng, began, mut cases) = (Rng::with_seed(seed), Instant::now(), 0_usize);
    let mut slowest = (Duration::ZERO, 0);
    let words: Vec<&str> = HOSTILE.iter().chain(words).copied().collect();
    seeds.iter().for_each(|seed| target(seed));
    while seconds.map_or(cases < CASES, |most| began.elapsed() < Duration::from_secs(most)) {
        let case = mutated(&mut rng, seeds, &words);
        let from = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| target(&case))).is_err() {
            panic!("case {cases} of seed {seed}: {:?}", String::from_utf8_lossy(&case));
        }
        slowest = slowest.max((from.elapsed(), case.len()));
        cases += 1;
    }
    format!("{cases} cases, the slowest of {} bytes in {:?}", slowest.1, slowest.0)
}

fn mutated(rng: &mut Rng, seeds: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut bytes = seeds[rng.usize(..seeds.len())].clone();
    for _ in 0..=rng.usize(..8) {
        let at = rng.usize(..=bytes.len());
        let to = (at + rng.usize(..=32)).min(bytes.len());
        match rng.u8(..9) {
            0 if at < bytes.len() => bytes[at] = rng.u8(..),
            1 if at < bytes.len() => bytes[at] ^= 1 << rng.u8(..8),
            2 => drop(bytes.drain(at..to)),
            3 => bytes.truncate(at),
            4 => {
                let again = bytes[at..to].repeat(rng.usize(1..64));
                bytes.splice(at..at, again);
            }
            5 => {
                let other = &seeds[rng.usize(..seeds.len())];
                let from = rng.usize(..=other.len());
                bytes.splice(at.., other[from..].iter().copied());
            }
            _ => {
                let word = words[rng.usize(..words.len())].bytes();
                bytes.splice(at..to, word);
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// Input that is hostile in every format.
const HOSTILE: &[&str] = &[
    "\u{0}",
    "\u{1b}[2J",
    "\n::error::",
    "\u{202e}",
    "\u{2028}",
    "\u{feff}",
    "\u{9b}",
    "18446744073709551616",
    "-1",
    "1e999",
    "NaN",
    "\"",
    "'",
    "\\",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "&",
    "=",
    ",",
    ":",
    "\r\n",
    "\t",
    "null",
    "true",
    "🎬",
];

#[test]
fn suffixes() {
    let seeds: Vec<Vec<u8>> = ["demo", "a-b-c", "pr-1234", "x", "", "Über", "prod"].map(Into::into).into();
    println!("{}", fuzz(anything::suffix, &seeds, &["-", "--", "0", "prod", "aws", "abcdefghijklmnopqrst"]));
}

#[test]
fn specs() {
    let mut seeds: Vec<Vec<u8>> = Pipeline::ALL.into_iter().map(|pipeline| template(pipeline).into_bytes()).collect();
    seeds.extend(PIPELINES.map(Into::into));
    seeds.push("[database]\nstorage_gib = 100\n[tags]\nowner = \"x\"\n[network]\ncidr = \"10.0.0.0/16\"\n".into());
    let tables = ["[database]\n", "[tags]\n", "[[x]]\n", "protect = true\n", "cidr = ", "10.0.0.0/0", "\"\"\"", "# "];
    println!("{}", fuzz(anything::spec, &seeds, &tables));
}

#[test]
fn states() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let (op, whole) = runtime.block_on(async {
        let harness = Harness::new(Clock::Instant, STREAMTECH).await;
        let want = harness.graph(STREAMTECH);
        harness.go(&want, 60).await;
        let op = harness.disk.borrow().clone();
        harness.go(&want, PLENTY).await;
        let whole = harness.disk.borrow().clone();
        (op, whole)
    });
    let mut seeds: Vec<Vec<u8>> = [op, whole].iter().map(|state| serde_json::to_vec(state).unwrap()).collect();
    seeds.extend(["", "{}", "null", "{\"format\": 2}"].map(Into::into));
    let fields = ["\"phase\"", "\"ready\"", "\"kind\":", "\"edges\":[", "\"on\":", "\"format\":2", "\"serial\":"];
    println!("{}", fuzz(anything::state, &seeds, &fields));
}

#[test]
fn errors() {
    let bodies = [
        "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>no</Message></Error></Errors></Response>",
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>",
        "<Error><Code>NoSuchBucket</Code><Message>no</Message><RequestId>r</RequestId></Error>",
        "{\"__type\":\"com.amazonaws#ClusterNotFoundException\",\"message\":\"no\"}",
        "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>",
        "<html><head><title>504 Gateway Time-out</title></head></html>",
        "{\"clusterArns\":[\"arn\"],\"nextToken\":\"t\"}",
        "\u{bf}",
        "",
    ];
    let each = |status: u8| bodies.iter().map(move |body| [&[status], body.as_bytes()].concat());
    let seeds: Vec<Vec<u8>> = (0..8).flat_map(each).collect();
    let markup =
        ["<Code>", "</Code>", "<Message>", "</Error>", "&#27;", "&#x202e;", "<!DOCTYPE x>", "<![CDATA[", "\\u001b"];
    println!("{}", fuzz(answered::errors, &seeds, &markup));
}

#[test]
fn pages() {
    let page = |marker: &str, version: &str| {
        format!(
            "<DescribeDBEngineVersionsResponse><DescribeDBEngineVersionsResult>{marker}<DBEngineVersions>\
             <DBEngineVersion><Engine>aurora-postgresql</Engine><EngineVersion>{version}</EngineVersion></DBEngineVersion>\
             </DBEngineVersions></DescribeDBEngineVersionsResult></DescribeDBEngineVersionsResponse>"
        )
    };
    let options = "<DescribeOrderableDBInstanceOptionsResponse><DescribeOrderableDBInstanceOptionsResult>\
                   <OrderableDBInstanceOptions><OrderableDBInstanceOption><DBInstanceClass>db.serverless</DBInstanceClass>\
                   <AvailabilityZones><AvailabilityZone><Name>eu-west-1a</Name></AvailabilityZone></AvailabilityZones>\
                   </OrderableDBInstanceOption></OrderableDBInstanceOptions></DescribeOrderableDBInstanceOptionsResult>\
                   </DescribeOrderableDBInstanceOptionsResponse>";
    let (more, again) = (page("<Marker>more</Marker>", "16.4"), page("<Marker>more</Marker>", "16.x"));
    let last = page("", "16.6");
    let seeds = [format!("{more}\x0c{last}\x0c{options}"), format!("{more}\x0c{again}\x0c{more}"), last, String::new()];
    let markup =
        ["\x0c", "<Marker>", "</Marker>", "<Marker/>", "<EngineVersion>", "16.", "99999999999", "<DBEngineVersion>"];
    println!("{}", fuzz(answered::pages, &seeds.map(String::into_bytes), &markup));
}
