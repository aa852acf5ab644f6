//! Tests of where pipelines are named: in the registry and in their own folders, nowhere else.

use std::path::{Path, PathBuf};

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The folders of the pipelines, which are the names of their modules.
fn folders() -> Vec<String> {
    let entries = std::fs::read_dir(src().join("pipelines")).unwrap().map(Result::unwrap);
    let folders: Vec<String> =
        entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert!(!folders.is_empty());
    folders
}

/// Collects every source file in the folder and below it.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Whether a word is the name of the folder's module or of its type, such as `the_one` or `TheOne`.
fn names(word: &str, folder: &str) -> bool {
    let word = word.to_lowercase();
    word == folder || word == folder.replace('_', "")
}

#[test]
fn only_the_registry_and_a_pipelines_own_folder_name_it() {
    let (src, folders) = (src(), folders());
    let (registry, pipelines) = (src.join("pipelines.rs"), src.join("pipelines"));
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| **file != registry) {
        let inside = file.strip_prefix(&pipelines).ok().and_then(|path| path.iter().next()?.to_str());
        // A variant names the pipeline it varies, and its folder begins with the other's name.
        let allowed = |named: &str| inside.is_some_and(|own| own == named || own.starts_with(&format!("{named}_")));
        let text = std::fs::read_to_string(file).unwrap();
        for (line, text) in (1..).zip(text.lines()) {
            let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            for folder in words.filter_map(|word| folders.iter().find(|folder| names(word, folder))) {
                if !allowed(folder) {
                    wrong.push(format!("{}:{line}: {folder}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "pass it in through the registry instead:\n{}", wrong.join("\n"));
}

#[test]
fn no_folder_is_forgotten() {
    let registry = include_str!("../pipelines.rs");
    for folder in folders() {
        let built = registry.contains(&format!("mod {folder};")) && registry.contains(&format!("\" in {folder}"));
        assert!(built, "{folder} is not in the registry");
    }
}
