//! What holds for any bytes at all, whoever makes them: the property tests here, or the fuzzer in `fuzz/`, which compiles
//! this same file.
use std::path::Path;
use vidpipe_pipelines::{spec::Spec, suffix::Suffix};

/// Read as a spec: taken, or refused with a place in the file and words that can be shown.
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
    for shown in [errors.to_string(), errors.render(false)] {
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "it could steer a terminal: {shown:?}");
    }
}

/// Read as a suffix: taken as it is, or refused in one line with a suggestion that is a suffix.
pub(crate) fn suffix(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Suffix::parse(text) {
        Ok(suffix) => assert_eq!(suffix.as_str(), text),
        Err(error) => {
            assert!(!error.to_string().contains(char::is_control), "{error:?}");
            let hint = error.hint();
            let suggested = hint.split('"').nth(1).expect("a hint quotes a suffix");
            assert!(Suffix::parse(suggested).is_ok(), "{hint}");
        }
    }
}
