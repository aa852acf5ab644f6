//! The colours of groups, the same in every picture format.

/// The fill and border colour of a group. Adjacent groups differ in hue. A pipeline may have more services than
/// distinguishable colours, so the palette repeats, and every box also names its kind.
pub(super) const fn colours(group: usize) -> (&'static str, &'static str) {
    const PALETTE: [(&str, &str); 16] = [
        ("#dbeafe", "#2563eb"),
        ("#fee2e2", "#dc2626"),
        ("#dcfce7", "#16a34a"),
        ("#fef3c7", "#d97706"),
        ("#ede9fe", "#7c3aed"),
        ("#cffafe", "#0891b2"),
        ("#fce7f3", "#db2777"),
        ("#ecfccb", "#65a30d"),
        ("#ffedd5", "#ea580c"),
        ("#e0e7ff", "#4338ca"),
        ("#f1f5f9", "#475569"),
        ("#d1fae5", "#047857"),
        ("#fae8ff", "#a21caf"),
        ("#fef9c3", "#a16207"),
        ("#ccfbf1", "#0f766e"),
        ("#e7e5e4", "#57534e"),
    ];
    PALETTE[group % PALETTE.len()]
}
