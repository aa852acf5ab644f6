use super::*;

/// Hostile input: escape sequences, invisible marks, separators, build service commands.
const HOSTILE: &[&str] = &[
    "a\u{1b}[31mred\u{1b}[0m\u{1b}[2J\u{1b}[H",
    "title \u{1b}]0;owned\u{7}, and one without an end \u{1b}]0;rest",
    "two\nlines\r\n::error::three\u{2028}four\u{2029}five\u{85}six",
    "turned \u{202e}drow\u{202c}, isolated \u{2067}x\u{2069}, marked \u{200e}\u{200f}\u{61c}",
    "zero\u{200b}width\u{200d}\u{feff}\u{ad}, tagged \u{e0001}\u{e0041}, selected \u{fe0f}",
    "eight-bit \u{9b}31m \u{9d}0;x\u{9c}, del \u{7f}, nul \0",
    " \t ::set-output name=x::y",
    "::::\n  ::debug::x\n##[error]x ###[x ##vso[task.setvariable]y ##teamcity[z]",
    "\u{1b}\u{1b}[31\u{1b}[m\u{1b}[31;1x\u{1b}[",
];

fn obeyed(line: &str) -> bool {
    line.trim_start().starts_with("::") || ["##[", "##vso[", "##teamcity["].iter().any(|command| line.contains(command))
}

#[test]
fn a_value_is_one_line_of_what_can_be_seen() {
    for text in HOSTILE {
        let cleaned = clean(text);
        assert!(!cleaned.chars().any(hidden), "{cleaned:?}");
        assert_eq!(clean(&cleaned), cleaned, "once is enough");
    }
    assert_eq!(clean("größe 日本 ✓ e\u{301}"), "größe 日本 ✓ e\u{301}");
}

#[test]
fn a_page_keeps_its_layout_and_nothing_else() {
    for text in HOSTILE {
        for page in [page(text, false), line(text, false)] {
            assert!(!page.chars().any(|c| hidden(c) && c != '\n' && c != '\t'), "{page:?}");
            assert!(!page.lines().any(obeyed), "{page:?}");
        }
        assert_eq!(line(text, true).lines().count(), 1, "{text:?}");
    }
    let laid_out = "NAME\tID\n  a  b\n\nend\n";
    assert_eq!(page(laid_out, true), laid_out);
    assert_eq!(page("::error::x\n  ::x", false), ": :error::x\n  : :x");
    assert_eq!(line("a\nb", false), "a b");
}

#[test]
fn colours_stay_where_there_are_some_and_other_sequences_never_do() {
    let red = "\u{1b}[1;31mred\u{1b}[0m \u{1b}[2J\u{1b}[?25l\u{1b}]0;x\u{7}\u{1b}[31";
    assert_eq!(page(red, true), "\u{1b}[1;31mred\u{1b}[0m [2J[?25l]0;x[31");
    assert_eq!(page(red, false), "[1;31mred[0m [2J[?25l]0;x[31");
}

#[test]
fn a_document_is_escaped_and_means_the_same() {
    assert_eq!(json("{\"a\": \"\u{202e}x\u{7f}\u{e0041}\"}\n"), "{\"a\": \"\\u202ex\\u007f\\udb40\\udc41\"}\n");
    assert_eq!(json("\"##[error]\""), "\"#\\u0023[error]\"");
}

/// All 65 control characters are hidden; letters, combining marks and symbols are not.
#[test]
fn what_can_be_seen_is_not_hidden() {
    for c in ['a', ' ', '\u{a0}', 'é', '日', '\u{301}', '✓', '…', '-', '🎬'] {
        assert!(!hidden(c), "{c:?}");
    }
    let controls = ('\0'..=char::MAX).filter(|c| c.is_control());
    assert!(controls.clone().count() == 65 && controls.clone().all(hidden));
}
