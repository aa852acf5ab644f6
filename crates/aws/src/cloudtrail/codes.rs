//! [CloudTrail](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html#API_CreateTrail_Errors)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // The bucket, its policy or the key is new.
    row(
        Class::Propagating,
        &[
            "InsufficientEncryptionPolicyException",
            "InsufficientS3BucketPolicyException",
            "InsufficientSnsTopicPolicyException",
            "KmsException",
            "KmsKeyDisabledException",
            "KmsKeyNotFoundException",
            "S3BucketDoesNotExistException",
        ],
    ),
    row(
        Class::Denied,
        &[
            "CloudTrailAccessNotEnabledException",
            "InsufficientDependencyServiceAccessPermissionException",
            "NoManagementAccountSLRExistsException",
            "NotOrganizationMasterAccountException",
            "OperationNotPermittedException",
        ],
    ),
    row(
        Class::Invalid,
        &[
            "CloudWatchLogsDeliveryUnavailableException",
            "InactiveEventDataStoreException",
            "OrganizationNotInAllFeaturesModeException",
            "OrganizationsNotInUseException",
            "TrailNotProvidedException",
        ],
    ),
];
