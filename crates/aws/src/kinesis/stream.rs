//! A Kinesis data [stream](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html). It can be
//! changed or deleted only while `ACTIVE`. One call at most doubles or halves its shards, and its mode can change at
//! most twice in 24 hours.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    kinesis::{owner, read, verify},
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_kinesis::types::{
    ScalingType, StreamDescriptionSummary as Seen, StreamMode, StreamModeDetails, StreamStatus,
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Class, Drawn, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result,
};

mod step;
use step::Step;

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// Its name, unique in the account and region.
    pub name: String,
    /// The number of shards; `None` for on-demand mode, in which Kinesis sets the number.
    pub shards: Option<u16>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamOutput {
    /// `arn:aws:kinesis:...:stream/...`
    pub arn: String,
    /// Its name.
    pub name: String,
}

fn details(mode: StreamMode) -> Result<StreamModeDetails> {
    let details = StreamModeDetails::builder().stream_mode(mode).build();
    details.map_err(|e| Error::new(Class::Invalid, "write the stream's mode").caused_by(e))
}

impl Stream {
    /// Whether the stream is being deleted. Its name stays taken until it is deleted.
    async fn is_going(&self, cx: &Cx) -> bool {
        read(cx, &self.name).await.is_ok_and(|seen| seen.stream_status == StreamStatus::Deleting)
    }

    async fn take(&self, cx: &Cx, seen: &Seen, step: &Step) -> Result<()> {
        match step {
            Step::Mode(mode) => {
                let call = cx.cloud.kinesis.update_stream_mode().stream_arn(&seen.stream_arn);
                let call = call.stream_mode_details(details(mode.clone())?);
                call.send().await.or_fail("change the stream's mode").map(drop)
            }
            Step::Shards(shards) => {
                let call = cx.cloud.kinesis.update_shard_count().stream_name(&self.name);
                let call = call.target_shard_count(*shards).scaling_type(ScalingType::UniformScaling);
                call.send().await.or_fail("change the stream's number of shards").map(drop)
            }
        }
    }
}

impl Resource for Stream {
    type Cloud = Aws;
    type Output = StreamOutput;
    const KIND: &'static str = "kinesis:stream";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const TIMING: &'static str = "kinesis_stream";
    const DATA_LOSS: Option<&'static str> = Some("the records in it");

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let mode = if self.shards.is_some() { StreamMode::Provisioned } else { StreamMode::OnDemand };
        let call = cx.cloud.kinesis.create_stream().stream_name(&self.name).stream_mode_details(details(mode)?);
        let call = call.set_shard_count(self.shards.map(Into::into));
        let call = call.set_tags(Some(tags::of(cx, &self.name).into_iter().collect()));
        match call.send().await.or_fail("create the stream") {
            Ok(_) => Ok(PhysicalId(self.name.clone())),
            // Kinesis returns the same error for a stream that is being deleted; the name is then only taken
            // temporarily.
            Err(e) if e.class == Class::AlreadyExists && self.is_going(cx).await => {
                Err(Error { class: Class::Busy, ..e })
            }
            Err(e) => Err(e),
        }
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        // A stream has at most 50 tags, which fit in one response.
        let call = cx.cloud.kinesis.list_tags_for_stream().stream_name(&self.name);
        let found = call.send().await.or_fail("read the stream's tags")?;
        let ours = tags::are_ours(cx, found.tags().iter().map(|t| (t.key(), t.value().unwrap_or_default())));
        Ok(ours.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::stream(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<StreamOutput>> {
        let seen = read(cx, &id.0).await?;
        let output = StreamOutput { arn: seen.stream_arn.clone(), name: id.0.clone() };
        let why = match (&seen.stream_status, step::next(self.shards, &seen)) {
            (StreamStatus::Active, None) => return Ok(Observed::Ready(output)),
            (StreamStatus::Active, Some(_)) => {
                return Ok(Observed::differs(format!("it has {} shards", seen.open_shard_count), Some(output)));
            }
            (status, _) => status.as_str().into(),
        };
        Ok(Observed::Pending { why, known: Some(output) })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let seen = read(cx, &id.0).await?;
        let Some(step) = step::next(self.shards, &seen) else { return Ok(()) };
        self.take(cx, &seen, &step).await?;
        if step.arrives(self.shards, &seen) {
            return Ok(());
        }
        // More steps follow. The engine repeats the update when Kinesis has finished this one.
        Err(Error::new(Class::Busy, "change the stream: it takes several steps, and this one is under way"))
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.kinesis.delete_stream().stream_name(&id.0).enforce_consumer_deletion(true);
        match call.send().await.or_fail("delete the stream") {
            Ok(_) => Ok(Removal::Asked),
            // On a repeated call Kinesis returns that the stream is in use.
            Err(e) if e.class == Class::Busy && self.is_going(cx).await => Ok(Removal::Asked),
            Err(e) => Err(e),
        }
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Stream {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "kinesis:AddTagsToStream",
            "kinesis:CreateStream",
            "kinesis:DeleteStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:ListTagsForStream",
        ])
        .on(&["arn:aws:kinesis:*:*:stream/{name}"]),
        allow(&["kinesis:UpdateShardCount", "kinesis:UpdateStreamMode"]),
        allow(&["kinesis:PutRecord"]).on(&["arn:aws:kinesis:*:*:stream/{name}"]).to_verify(),
        allow(&["kms:GenerateDataKey"]).when("StringLike", "kms:ViaService", &["kinesis.*.amazonaws.com"]).to_verify(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::stream(check, want).await
    }
}
