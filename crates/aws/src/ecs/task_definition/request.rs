//! Converts a task definition to ECS's types, and computes the digest of its content. This module makes no calls.
use super::{Container, Files, Log, TaskDefinition};
use aws_sdk_ecs::{
    error::BuildError,
    operation::register_task_definition::builders::RegisterTaskDefinitionFluentBuilder as Call,
    types::{
        Compatibility, ContainerDefinition, EfsAuthorizationConfig, EfsAuthorizationConfigIam, EfsTransitEncryption,
        EfsVolumeConfiguration, KeyValuePair, LogConfiguration, LogDriver, MountPoint, NetworkMode, PortMapping,
        Secret, TransportProtocol, Volume,
    },
};
use sha2::{Digest, Sha256};
use vidpipe_engine::{Class, Error, Result};

/// The name of the shared volume and its mount point.
const FILES: &str = "files";

/// The register call, without tags.
pub(super) fn register(spec: &TaskDefinition, call: Call) -> Result<Call> {
    let container = container(&spec.container).map_err(invalid)?;
    let volumes = spec.container.files.as_ref().map(|f| volume(f).map(|v| vec![v])).transpose().map_err(invalid)?;
    Ok(call
        .family(&spec.family)
        .cpu(spec.cpu.to_string())
        .memory(spec.memory.to_string())
        .execution_role_arn(&spec.execution_role_arn)
        .set_task_role_arn(Some(spec.task_role_arn.clone()).filter(|arn| !arn.is_empty()))
        .network_mode(NetworkMode::Awsvpc)
        .requires_compatibilities(Compatibility::Fargate)
        .container_definitions(container)
        .set_volumes(volumes))
}

/// 64 hex digits that change with every change of the spec.
pub(super) fn digest(spec: &TaskDefinition) -> Result<String> {
    let text =
        serde_json::to_vec(spec).map_err(|e| Error::new(Class::Invalid, "digest the task definition").caused_by(e))?;
    Ok(format!("{:x}", Sha256::digest(text)))
}

fn invalid(e: BuildError) -> Error {
    Error::new(Class::Invalid, format!("write the task definition: {e}")).caused_by(e)
}

fn container(c: &Container) -> Result<ContainerDefinition, BuildError> {
    let ports = c
        .port
        .map(|p| vec![PortMapping::builder().container_port(i32::from(p)).protocol(TransportProtocol::Tcp).build()]);
    let environment = c.environment.iter().map(|(k, v)| KeyValuePair::builder().name(k).value(v).build());
    let secrets = c.secrets.iter().map(|(k, from)| Secret::builder().name(k).value_from(from).build());
    let mounts = c.files.as_ref().map(|f| {
        vec![MountPoint::builder().source_volume(FILES).container_path(&f.mount_path).read_only(false).build()]
    });
    Ok(ContainerDefinition::builder()
        .name(&c.name)
        .image(&c.image)
        .essential(true)
        .set_command((!c.command.is_empty()).then(|| c.command.clone()))
        .set_port_mappings(ports)
        .set_environment(Some(environment.collect()))
        .set_secrets(Some(secrets.collect::<Result<_, _>>()?))
        .set_mount_points(mounts)
        .log_configuration(log(&c.log)?)
        .build())
}

fn log(log: &Log) -> Result<LogConfiguration, BuildError> {
    LogConfiguration::builder()
        .log_driver(LogDriver::Awslogs)
        .options("awslogs-group", &log.group)
        .options("awslogs-region", &log.region)
        .options("awslogs-stream-prefix", &log.stream_prefix)
        .build()
}

fn volume(files: &Files) -> Result<Volume, BuildError> {
    // With an access point, the root directory is the access point's.
    let access = EfsAuthorizationConfig::builder()
        .access_point_id(&files.access_point_id)
        .iam(EfsAuthorizationConfigIam::Enabled)
        .build();
    let efs = EfsVolumeConfiguration::builder()
        .file_system_id(&files.file_system_id)
        .transit_encryption(EfsTransitEncryption::Enabled)
        .authorization_config(access)
        .build()?;
    Ok(Volume::builder().name(FILES).efs_volume_configuration(efs).build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn spec(image: &str) -> TaskDefinition {
        TaskDefinition {
            family: "worker-staging".into(),
            cpu: 1024,
            memory: 2048,
            execution_role_arn: "${execution-role.arn}".into(),
            task_role_arn: "${task-role.arn}".into(),
            container: Container {
                name: "worker".into(),
                image: image.into(),
                command: vec![],
                port: Some(80),
                environment: BTreeMap::from([("REGION".into(), "us-east-1".into())]),
                secrets: BTreeMap::from([("DB_HOST".into(), "${secret.arn}:host::".into())]),
                log: Log { group: "/ecs/worker".into(), region: "us-east-1".into(), stream_prefix: "worker".into() },
                files: Some(Files {
                    file_system_id: "fs-1".into(),
                    access_point_id: "fsap-1".into(),
                    mount_path: "/mnt/efs".into(),
                }),
            },
        }
    }

    #[test]
    fn another_image_is_another_digest() {
        let digest = |image| digest(&spec(image)).expect("a spec is JSON");
        assert_eq!(digest("a"), digest("a"));
        assert_ne!(digest("a"), digest("b"));
        assert_eq!(digest("a").len(), 64);
    }

    #[test]
    fn the_image_keeps_its_own_command_and_files_travel_encrypted() {
        let spec = spec("a");
        let made = container(&spec.container).expect("every field is there");
        assert_eq!(made.command(), [] as [String; 0]);
        assert_eq!(made.mount_points()[0].source_volume(), Some(FILES));
        assert_eq!(made.secrets()[0].value_from(), "${secret.arn}:host::");
        let files = spec.container.files.as_ref().expect("it has files");
        let volume = volume(files).expect("every field is there");
        let efs = volume.efs_volume_configuration().expect("it is an EFS volume");
        assert_eq!(efs.transit_encryption(), Some(&EfsTransitEncryption::Enabled));
        let access = efs.authorization_config().expect("it goes through the access point");
        assert_eq!(access.iam(), Some(&EfsAuthorizationConfigIam::Enabled));
    }
}
