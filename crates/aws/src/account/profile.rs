//! The [profile](https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html) in use, for messages on how to
//! sign in.
use aws_config::profile::{Profile as Section, ProfileSet, load};
use aws_types::os_shim_internal::{Env, Fs};

/// A profile of the user's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name of the profile.
    pub name: String,
    /// Whether the profile exists.
    pub exists: bool,
    /// Whether its credentials come from single sign-on.
    pub single_sign_on: bool,
}

impl Profile {
    /// The profile that the environment names, or the default profile; `None` if the files cannot be read.
    pub async fn in_use() -> Option<Self> {
        read().await.as_ref().map(Self::of)
    }

    fn of(profiles: &ProfileSet) -> Self {
        let name = profiles.selected_profile();
        let single_sign_on =
            along(profiles, |section| section.get("sso_session").or_else(|| section.get("sso_start_url")));
        Self {
            name: name.to_owned(),
            exists: profiles.get_profile(name).is_some(),
            single_sign_on: single_sign_on.is_some(),
        }
    }
}

/// Reads the configuration files; `None` if they cannot be read.
pub(super) async fn read() -> Option<ProfileSet> {
    load(&Fs::real(), &Env::real(), &Default::default(), None).await.ok()
}

/// The first value found in the profile in use or along its `source_profile` chain.
pub(super) fn along<'a>(profiles: &'a ProfileSet, find: impl Fn(&'a Section) -> Option<&'a str>) -> Option<&'a str> {
    let mut name = profiles.selected_profile();
    // A chain without a cycle is no longer than the number of profiles.
    for _ in profiles.profiles() {
        let section = profiles.get_profile(name)?;
        if let Some(found) = find(section) {
            return Some(found);
        }
        name = section.get("source_profile")?;
    }
    None
}
