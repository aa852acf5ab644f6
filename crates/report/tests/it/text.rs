//! Durations, columns, and external text.
use std::time::Duration;
use vidpipe_report::text::{about, between, cell, clean, duration, fit, time, width};

#[test]
fn durations_read_as_people_say_them() {
    let cases = [
        (0, "0.0s"),
        (40, "0.0s"),
        (400, "0.4s"),
        (999, "0.9s"),
        (1_000, "1s"),
        (59_999, "59s"),
        (60_000, "1m 00s"),
        (83_000, "1m 23s"),
        (3_599_000, "59m 59s"),
        (3_600_000, "1h 00m"),
        (7_500_000, "2h 05m"),
        (86_400_000, "1d 00h"),
        (273_600_000, "3d 04h"),
    ];
    for (ms, expected) in cases {
        assert_eq!(duration(Duration::from_millis(ms)), expected);
    }
}

#[test]
fn an_estimate_is_rounded_up() {
    let cases = [
        (0, "5s"),
        (5_001, "10s"),
        (55_000, "55s"),
        (55_001, "1m 00s"),
        (431_000, "7m 20s"),
        (590_001, "10m"),
        (3_540_000, "59m"),
        (3_540_001, "1h 00m"),
        (3_870_000, "1h 05m"),
    ];
    for (ms, expected) in cases {
        assert_eq!(about(Duration::from_millis(ms)), format!("about {expected}"));
    }
    about(Duration::MAX);
}

#[test]
fn times_are_to_the_second_and_never_negative() {
    let (early, late) = ("2026-11-20T10:15:00Z".parse().unwrap(), "2026-11-20T10:15:01.5Z".parse().unwrap());
    assert_eq!(between(early, late), Duration::from_millis(1_500));
    assert_eq!(between(late, early), Duration::ZERO);
    assert_eq!(time(early), "2026-11-20T10:15:00Z");
}

#[test]
fn words_from_elsewhere_cannot_drive_the_terminal() {
    let cases = [
        ("plain words", "plain words"),
        ("two\nlines\r\nand\ta tab", "two lines and a tab"),
        ("  much   room  ", "much room"),
        ("\u{1b}[31mred\u{1b}[0m", "red"),
        ("a\u{1b}[2J\u{1b}[Hb", "ab"),
        ("title \u{1b}]0;owned\u{7}set", "title set"),
        ("link \u{1b}]8;;http://x\u{1b}\\text\u{1b}]8;;\u{1b}\\", "link text"),
        ("back\u{8}\u{8}space\u{7f}\0", "backspace"),
        ("eight-bit \u{9b}31m", "eight-bit 31m"),
        ("turned \u{202e}drow\u{202c} round", "turned drow round"),
        ("zero\u{200b}width\u{feff}", "zerowidth"),
        ("größe 日本 ✓", "größe 日本 ✓"),
        ("", ""),
    ];
    for (given, safe) in cases {
        let cleaned = clean(given);
        assert!(!cleaned.chars().any(char::is_control), "{cleaned:?}");
        assert_eq!(cleaned, safe, "{given:?}");
    }
}

#[test]
fn every_cut_fits_whatever_the_text() {
    for text in ["", "a", "abcdefghij", "größe", "日本語テキスト", "e\u{301}e\u{301}e\u{301}"] {
        for columns in 0..12 {
            assert!(width(&fit(text, columns)) <= columns, "{text:?} in {columns}");
            assert_eq!(width(&cell(text, columns)), columns, "{text:?} in {columns}");
        }
        assert_eq!(fit(text, 40), text);
    }
    assert_eq!(fit("abcdefghij", 5), "abcd…");
}
