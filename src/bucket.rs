//! `vidpipe state init`: a bucket for states.
use crate::{
    args::{Global, Output, Place},
    fail::{Exit, Failure, Result},
    print::{note, print_json},
};
use serde_json::json;
use vidpipe_run::s3::{self, Made};
use vidpipe_text::clean;

pub(crate) async fn init(global: &Global, place: &Place, region: Option<&str>) -> Result {
    let Place::S3(location) = place else {
        return Err(Failure::new(Exit::Usage, "a folder needs no preparation").hint("name a bucket, as in s3://bucket"));
    };
    let made = s3::init(location, region).await?;
    let (bucket, lacks) = match &made {
        Made::New => ("made", Vec::new()),
        Made::There(lacks) => ("there", lacks.clone()),
    };
    if matches!(global.output, Output::Json | Output::Jsonl) {
        print_json(global.output, &json!({ "bucket": location.bucket, "is": bucket, "lacks": lacks }))?;
    }
    let name = clean(&location.bucket);
    match made {
        Made::New => note(&format!(
            "made {name}: versioned, encrypted, without public access, TLS only (except at an emulator); old versions end after 30 days\n\
             S3 advises to wait 15 minutes before a new bucket with versions is written to\n\
             next: vidpipe up --suffix NAME --state {}",
            clean(&location.to_string())
        )),
        Made::There(lacks) if lacks.is_empty() => {
            note(&format!("{name} is there, and has all that a bucket of states needs"))
        }
        Made::There(lacks) => {
            note(&format!("{name} is there, and lacks:"))?;
            lacks.iter().try_for_each(|lack| note(&format!("  {lack}")))?;
            Err(Failure::new(Exit::Failed, "the bucket can be used, but is not as it should be for states")
                .hint("nothing was changed, because the bucket may serve others: correct it, or name a new one"))
        }
    }
}
