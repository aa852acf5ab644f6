//! The colours of groups, the same in every picture format.

/// Fill and border of a group. Distinct in hue first; there are more services in a cloud than colours people tell apart,
/// so they come round again, and every box says its kind in words.
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
