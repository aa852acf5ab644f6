//! The [profile](https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html) in use, for whoever has to be told how to
//! sign in.
use aws_config::profile::{Profile as Section, ProfileSet, load};
use aws_types::os_shim_internal::{Env, Fs};

/// A profile of the user's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Whether there is such a profile.
    pub exists: bool,
    /// Whether its credentials come from single sign-on.
    pub single_sign_on: bool,
}

impl Profile {
    /// The one that the environment names, or the default one; `None` if the files cannot be read.
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

/// What the configuration files say; nothing if they cannot be read.
pub(super) async fn read() -> Option<ProfileSet> {
    load(&Fs::real(), &Env::real(), &Default::default(), None).await.ok()
}

/// The first thing found in the profile in use, or in those it takes its credentials from.
pub(super) fn along<'a>(profiles: &'a ProfileSet, find: impl Fn(&'a Section) -> Option<&'a str>) -> Option<&'a str> {
    let mut name = profiles.selected_profile();
    // No chain of profiles is longer than there are profiles.
    for _ in profiles.profiles() {
        let section = profiles.get_profile(name)?;
        if let Some(found) = find(section) {
            return Some(found);
        }
        name = section.get("source_profile")?;
    }
    None
}
