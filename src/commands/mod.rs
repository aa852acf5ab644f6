//! One short file per command: its arguments, and load, plan, run, report. Commands use what they share from the files
//! beside this folder, and never each other.
pub(crate) mod down;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod outputs;
pub(crate) mod plan;
pub(crate) mod rehearse;
pub(crate) mod sandbox;
pub(crate) mod shell;
pub(crate) mod state;
pub(crate) mod status;
pub(crate) mod timeline;
pub(crate) mod up;
pub(crate) mod verify;

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    /// The files at the top, which know every command.
    const TOP: [&str; 2] = ["main.rs", "cli.rs"];

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn nothing_but_the_top_imports_a_command() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        // Not as one word, which would be found here.
        let commands = concat!("commands", "::");
        for file in files(&src) {
            let name = file.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
            if TOP.contains(&name.as_str()) {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            assert!(!text.contains(commands), "src/{name} imports a command: move what it needs out of src/commands/");
            let of_another = name.starts_with("commands/") && text.contains("super::") && !text.contains("mod tests");
            assert!(!of_another, "src/{name} imports another command: move what both need out of src/commands/");
        }
    }
}
