//! Properties that hold for arbitrary bytes, from the property tests here or from the fuzzer in `fuzz/`, which compiles
//! this file too.
use std::path::Path;
use vidpipe_aws::{Aws, KINDS, timings};
use vidpipe_engine::{Consent, Graph, State, plan};
use vidpipe_pipelines::{spec::Spec, suffix::Suffix};
use vidpipe_store::Folder;
use vidpipe_text::hidden;

/// Parses the bytes as a spec: accepted, or refused with a position in the file and printable text.
pub(crate) fn spec(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Err(errors) = Spec::load(Path::new("vidpipe.toml"), text) else { return };
    assert!(!errors.problems().is_empty());
    for problem in errors.problems() {
        assert!(problem.line >= 1 && problem.column >= 1, "{problem:?}");
        assert!(problem.line <= text.split('\n').count(), "{problem:?}");
        assert!(!problem.message.is_empty(), "{problem:?}");
    }
    assert!(errors.render(false).contains("vidpipe.toml:"), "{errors}");
    for rendered in [errors.to_string(), errors.render(false)] {
        assert!(!rendered.contains(|c: char| hidden(c) && c != '\n'), "it could steer a terminal: {rendered:?}");
    }
}

/// Parses the bytes as a suffix: accepted unchanged, or refused in one line with a valid suggestion.
pub(crate) fn suffix(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Suffix::parse(text) {
        Ok(suffix) => assert_eq!(suffix.as_str(), text),
        Err(error) => {
            assert!(!error.to_string().contains(hidden), "{error:?}");
            let hint = error.hint();
            let suggested = hint.split('"').nth(1).expect("a hint quotes a suffix");
            assert!(Suffix::parse(suggested).is_ok(), "{hint}");
        }
    }
}

/// Parses the bytes as a state, from a file and, to bypass the checksum, from JSON: refused in one line, or accepted,
/// serialized again without loss, and usable for a plan.
#[allow(clippy::disallowed_methods, reason = "a failing disk, or a stranger, writes the state here")]
pub(crate) fn state(bytes: &[u8]) {
    thread_local! { static FOLDER: tempfile::TempDir = tempfile::tempdir().unwrap(); }
    FOLDER.with(|folder| {
        let place = Folder::new(folder.path()).environment("streamtech", "123456789012", "eu-west-1", "demo").unwrap();
        std::fs::create_dir_all(place.path()).unwrap();
        std::fs::write(place.state_file(), bytes).unwrap();
        if let Err(error) = place.read() {
            let report = error.to_string();
            assert!(!report.is_empty() && !report.contains('\n'), "{report:?}");
        }
    });
    let Ok(state) = serde_json::from_slice::<State>(bytes) else { return };
    let text = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::to_string(&serde_json::from_str::<State>(&text).unwrap()).unwrap(), text);
    match plan(&Graph::<Aws>::default(), &state, KINDS, &timings()) {
        Ok(plan) => drop(plan.allowing(&Consent::Everything)),
        Err(error) => assert!(!error.message.is_empty()),
    }
}
