//! Accepted specs, and their meaning.

use vidpipe_pipelines::spec::{Design, Pipeline, Spec, Streamtech, ThroughputMode, reconcile};

use crate::load;

fn defaults() -> Spec {
    Spec::defaults(Pipeline::Streamtech)
}

fn own(spec: &mut Spec) -> &mut Streamtech {
    match &mut spec.design {
        Design::Streamtech(own) => own,
        Design::Streamflix(_) => panic!("not StreamTech"),
    }
}

#[test]
fn nothing_set_means_the_defaults() {
    let empty_sections = "[tags]\n[network]\n[worker.environment]\n";
    for text in ["", "\n", "# nothing\n", "pipeline = \"streamtech\"", empty_sections, "\u{feff}"] {
        assert_eq!(load(text).expect(text), defaults(), "{text:?}");
    }
}

#[test]
fn the_defaults_are_the_ones_documented() {
    let json = serde_json::to_string_pretty(&defaults()).expect("a spec serialises");
    insta::assert_snapshot!(json);
    for pipeline in [Pipeline::StreamtechTokyo, Pipeline::Streamflix] {
        let json = serde_json::to_string_pretty(&Spec::defaults(pipeline)).expect("a spec serialises");
        insta::assert_snapshot!(pipeline.name(), json);
    }
}

#[test]
fn what_is_set_is_taken_and_the_rest_is_left() {
    let text = "protect = true\r\nregion = 'us-gov-west-1'\r\n[database]\r\nstorage_gib = 0x100\r\n\
                [files]\r\nthroughput_mode = \"elastic\"\r\n[api]\r\nthrottle_rate = 50\r\n";
    let mut expected = defaults();
    expected.protect = true;
    expected.region = "us-gov-west-1".to_owned();
    own(&mut expected).database.storage_gib = 256;
    own(&mut expected).files.throughput_mode = ThroughputMode::Elastic;
    own(&mut expected).api.throttle_rate = 50.0;
    assert_eq!(load(text).expect("a good spec"), expected);
}

#[test]
fn every_way_to_write_a_table_is_the_same() {
    let ways = [
        "[worker]\nenvironment.LEVEL = \"info\"\n",
        "worker.environment.LEVEL = \"info\"\n",
        "worker = { environment = { LEVEL = \"info\" } }\n",
        "[worker.environment]\n\"LEVEL\" = \"info\"\n",
    ];
    for text in ways {
        let mut spec = load(text).expect(text);
        assert_eq!(own(&mut spec).worker.environment["LEVEL"], "info", "{text}");
    }
}

#[test]
fn values_at_their_limits_are_taken() {
    let texts = [
        "[network]\ncidr = \"192.168.0.0/24\"\nsubnet_prefix = 27\n",
        "[network]\ncidr = \"100.64.0.0/16\"\navailability_zones = 3\nnat_gateways = 3\n",
        "[network]\nnat_gateways = 1\n",
        "[database]\nengine_version = \"15.14\"\nname = \"V_1\"\nusername = \"abcdefghijklmnop\"\n",
        "[database]\ninstance_class = \"db.r6gd.16xlarge\"\nmulti_az = false\n",
        "[cache]\nnodes = 6\nnode_type = \"cache.r7g.2xlarge\"\nmulti_az = false\n\
         automatic_failover = false\n",
        "[worker]\ncpu = 16384\nmemory_mib = 122880\nmin = 1\ndesired = 1\nmax = 1\n",
        "[worker]\nimage = \"localhost:5000/a/b.c:Tag_1.0\"\n",
        "[worker]\nimage = \"123456789012.dkr.ecr.us-east-1.amazonaws.com/video/worker@sha256:\
         0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"\n",
        "[worker.environment]\nPASSWORD_FILE = \"/run/x\"\n_a1 = \"\"\nREGIONS = \"all\"\n",
        "[tags]\n\"cost:center\" = \"4711 / a+b@c\"\n\"Besitzer ä\" = \"\"\n",
        "[files]\nmount_path = \"/data\"\naccess_point_path = \"/a/b/c/d\"\nuid = 4294967294\n",
        "[alarms]\nperiod_seconds = 3600\nevaluation_periods = 168\napi_5xx_count = 0\n",
        "[api]\nthrottle_rate = 0.5\nport = 65535\nstage = \"v1-beta_2\"\n",
        "[secrets]\ndatabase = \"video/db+login_1.0=@a-b\"\napi_key = \"\"\n",
        "[secrets]\napi_key = \"arn:aws:secretsmanager:us-east-1:123456789012:secret:video/key-a1B2c3\"\n",
        "[metadata]\nmigrations = \"off\"\nclient_image = \"localhost:5000/postgres:16\"\n",
        "[metadata]\nmigrations = \"../sql\"\n",
        "pipeline = \"streamtech-tokyo\"\n[secrets]\ndatabase = \"mine\"\n[logs]\nretention_days = 365\n",
        "pipeline = \"streamflix\"\n[stream]\nmode = \"on_demand\"\nretention_hours = 8760\n",
        "pipeline = \"streamflix\"\n[stream]\nshards = 10000\n",
        "pipeline = \"streamflix\"\n[network]\nnat_gateways = 0\n[worker]\nsubnets = \"public\"\n",
        "pipeline = \"streamflix\"\n[database]\nmin_acu = 128\nmax_acu = 256\nreader = false\n",
        "pipeline = \"streamflix\"\n[database]\ndata_api = false\n[metadata]\nmigrations = \"off\"\n",
        "pipeline = \"streamflix\"\n[worker]\nmin = 0\ndesired = 0\n[alarms]\nrunning_tasks = 0\n",
        "pipeline = \"streamflix\"\n[worker]\non_demand_base = 0\non_demand_weight = 0\n",
        "pipeline = \"streamflix\"\n[worker.environment]\nREDIS_PORT = \"1\"\n",
        "pipeline = \"streamflix\"\n[alerts]\nemail = \"ops+video@media.example.co.uk\"\n",
        "pipeline = \"streamflix\"\n[audit]\nenabled = false\nlog_retention_days = 0\n",
    ];
    for text in texts {
        if let Err(errors) = load(text) {
            panic!("{errors}");
        }
    }
}

#[test]
fn subnets_are_cut_from_the_front_of_the_range() {
    let spec = load("[network]\ncidr = \"10.1.0.0/20\"\n").expect("a good spec");
    let subnets: Vec<String> = spec.network.subnets().take(6).map(|net| net.to_string()).collect();
    let expected: Vec<String> = (0..6).map(|third| format!("10.1.{third}.0/24")).collect();
    assert_eq!(subnets, expected);
}

#[test]
fn file_and_command_line_agree_on_the_pipeline() {
    use Pipeline::{Streamflix, Streamtech};
    assert_eq!(reconcile(None, None), Ok(Streamtech));
    assert_eq!(reconcile(Some(Streamflix), None), Ok(Streamflix));
    assert_eq!(reconcile(None, Some(Streamflix)), Ok(Streamflix));
    assert_eq!(reconcile(Some(Streamflix), Some(Streamflix)), Ok(Streamflix));
    let conflict = reconcile(Some(Streamtech), Some(Streamflix)).expect_err("they differ");
    assert_eq!((conflict.in_file, conflict.requested), (Streamtech, Streamflix));
}

#[test]
fn pipelines_have_names_and_regions() {
    for pipeline in Pipeline::ALL {
        assert_eq!(pipeline.name().parse(), Ok(pipeline));
        let json = serde_json::to_value(pipeline).expect("a name");
        assert_eq!(json, pipeline.name());
    }
    let regions = Pipeline::ALL.map(Pipeline::default_region);
    assert_eq!(regions, ["us-east-1", "ap-northeast-1", "eu-central-1"]);
    let unknown = "streamteck".parse::<Pipeline>().expect_err("no such pipeline");
    insta::assert_snapshot!(format!("{unknown}\n{}", unknown.hint()), @r#"
    unknown pipeline "streamteck"; there are streamtech, streamtech-tokyo and streamflix
    did you mean `streamtech`?
    "#);
}

#[test]
fn the_command_line_may_say_which_pipeline_a_file_is_of() {
    let path = "vidpipe.toml".as_ref();
    for pipeline in Pipeline::ALL {
        let spec = Spec::load_for(path, "protect = true\n", Some(pipeline)).expect("a good spec");
        assert_eq!(spec, Spec { protect: true, ..Spec::defaults(pipeline) });
    }
    let text = "pipeline = \"streamtech\"\n";
    let errors = Spec::load_for(path, text, Some(Pipeline::Streamflix)).expect_err("a conflict");
    insta::assert_snapshot!(errors);
    assert!(Spec::load_for(path, text, Some(Pipeline::Streamtech)).is_ok());
}

#[test]
fn a_default_tag_may_be_given_another_value() {
    let text = "pipeline = \"streamflix\"\n[tags]\ndata-residency = \"de\"\nowner = \"x\"\n";
    let tags = load(text).expect("a good spec").tags;
    assert_eq!((tags["data-residency"].as_str(), tags["owner"].as_str()), ("de", "x"));
    assert_eq!(tags["compliance"], "eu-media");
}
