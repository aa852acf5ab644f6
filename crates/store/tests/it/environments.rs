//! Finding environments, guarding them, and unusable folders.
use crate::world::{ACCOUNT, REGION, folder, names, now, put, staging, state};
use std::path::Path;
use vidpipe_engine::Environment;
use vidpipe_store::{ErrorKind, Folder, StoreError, guard};

#[test]
fn environments_are_found_by_suffix_and_pipeline() {
    let (_dir, folder) = folder();
    assert!(folder.list().unwrap().is_empty());
    let all = [
        ("streamflix", "444455556666", "eu-central-1", "dev"),
        ("streamtech", ACCOUNT, REGION, "dev"),
        ("streamtech", ACCOUNT, REGION, "staging"),
        ("streamtech", "444455556666", REGION, "staging"),
    ];
    for (pipeline, account, region, suffix) in all {
        let place = folder.environment(pipeline, account, region, suffix).unwrap();
        place.lock("up", now()).unwrap().store().save(&state(&place, 1)).unwrap();
    }
    folder.environment("streamtech", ACCOUNT, REGION, "never-made").unwrap().record("plan", now());
    put(&folder.root().join("a-file"), b"");
    let described = |places: Vec<vidpipe_store::EnvDir>| -> Vec<String> {
        places.iter().map(|p| [p.pipeline(), p.account(), p.region(), p.suffix()].join(" ")).collect()
    };
    let expected: Vec<String> = all.map(|(p, a, r, s)| [p, a, r, s].join(" ")).to_vec();
    assert_eq!(described(folder.list().unwrap()), expected);
    assert_eq!(described(folder.find("dev", None).unwrap()), expected[..2]);
    assert_eq!(described(folder.find("dev", Some("streamflix")).unwrap()), expected[..1]);
    assert_eq!(described(folder.find("staging", Some("streamtech")).unwrap()), expected[2..]);
    assert!(folder.find("prod", None).unwrap().is_empty());
}

#[test]
fn a_damaged_environment_is_listed() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    place.probe().unwrap();
    put(&place.state_file(), b"");
    assert_eq!(folder.find("staging", None).unwrap().len(), 1);
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let folder = Folder::default();
    for bad in ["", ".", "..", "a/b", "../up", "a\\b", "a b", "a\n", "-rf", "naïve", "a\0"] {
        for parts in [
            [bad, ACCOUNT, REGION, "s"],
            ["p", bad, REGION, "s"],
            ["p", ACCOUNT, bad, "s"],
            ["p", ACCOUNT, REGION, bad],
        ] {
            let [pipeline, account, region, suffix] = parts;
            let e = folder.environment(pipeline, account, region, suffix).map(|p| p.path().to_path_buf()).unwrap_err();
            assert!(matches!(e, StoreError::Name { .. }), "{e}");
        }
    }
    assert!(folder.environment("p", "11-22", REGION, "s").is_err(), "the account would be read back as 11");
}

#[test]
fn a_state_of_something_else_is_refused_by_what_differs() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let state = state(&place, 1);
    guard(&state, &place.environment("any lineage")).unwrap();
    let same = || state.env.clone();
    let wrong = [
        (Environment { pipeline: "streamflix".into(), ..same() }, "its pipeline is streamtech, not streamflix"),
        (Environment { suffix: "prod".into(), ..same() }, "its suffix is staging, not prod"),
        (Environment { account: "1".into(), ..same() }, "its account is 111122223333, not 1"),
        (Environment { region: "eu-west-1".into(), ..same() }, "its region is us-east-1, not eu-west-1"),
    ];
    for (other, message) in wrong {
        let e = guard(&state, &other).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::Refused);
        assert_eq!(e.to_string(), format!("use the state of streamtech-staging: {message}"));
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_refused_by_name() {
    let (dir, _) = folder();
    let file = dir.path().join("taken");
    put(&file, b"");
    let place = staging(&Folder::new(&file));
    for e in [place.probe().unwrap_err(), place.lock("up", now()).unwrap_err()] {
        assert_eq!(e.kind(), ErrorKind::Refused);
        assert!(e.to_string().contains(&*file.to_string_lossy()), "{e}");
        assert!(e.hint().contains("--state"), "{}", e.hint());
    }
    assert!(staging(&Folder::new(Path::new("/dev/null/x"))).probe().is_err());
}

#[test]
fn a_probe_leaves_the_folder_empty_and_out_of_git() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    place.probe().unwrap();
    place.probe().unwrap();
    assert!(names(place.path()).is_empty());
    assert_eq!(std::fs::read(folder.root().join(".gitignore")).unwrap(), b"*\n");
}

/// A pipeline, an account or an environment may be on another disk, behind a symbolic link.
#[test]
fn folders_behind_links_are_the_same_for_all() {
    for depth in 0..=2 {
        let (dir, folder) = folder();
        let place = staging(&folder);
        place.lock("up", now()).unwrap().store().save(&state(&place, 1)).unwrap();
        let moved = place.path().ancestors().nth(depth).unwrap();
        let emulated = dir.path().join("elsewhere");
        std::fs::rename(moved, &emulated).unwrap();
        std::os::unix::fs::symlink(&emulated, moved).unwrap();
        let found = |places: Vec<vidpipe_store::EnvDir>| places.iter().map(|p| p.path().to_owned()).collect::<Vec<_>>();
        assert_eq!(found(folder.list().unwrap()), [place.path()], "{depth}");
        assert_eq!(found(folder.find("staging", None).unwrap()), [place.path()], "{depth}");
        place.lock("up", now()).unwrap().store().save(&state(&place, 2)).unwrap();
        assert_eq!(place.read().unwrap().unwrap(), state(&place, 2), "{depth}");
        // The link is now dangling.
        std::fs::remove_dir_all(&emulated).unwrap();
        assert!(folder.list().unwrap().is_empty(), "{depth}");
        assert_eq!(place.lock("up", now()).unwrap_err().kind(), ErrorKind::Refused, "{depth}");
    }
}

/// A lock that does not belong to an environment has the same permissions as those that do.
#[test]
fn a_lock_of_the_folder_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, folder) = folder();
    let held = folder.hold("aws.json.lock").unwrap().unwrap();
    assert!(folder.hold("aws.json.lock").unwrap().is_none(), "held twice");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(folder.root()), mode(&folder.root().join("aws.json.lock"))), (0o700, 0o600));
    drop(held);
    folder.hold("aws.json.lock").unwrap().unwrap();
}
