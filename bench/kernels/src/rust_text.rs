//! Formats, splits, sorts and joins strings: allocation, UTF-8, dynamic dispatch and generic sorting.
use std::fmt::Write;

#[export_name = "run"]
pub extern "C" fn run(n: i32) -> f64 {
    let mut total = 0u64;
    let mut state = 7u32;
    for round in 0..n {
        let mut text = String::new();
        for i in 0..500 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            write!(text, "{}-{:x}-{:.2} ", state >> 16, i * round, f64::from(state) / 1e6).unwrap();
        }
        let mut words: Vec<String> = text.split(' ').map(str::to_uppercase).collect();
        words.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| b.cmp(a)));
        let joined = words.join("/");
        let numbers: u64 = words
            .iter()
            .filter_map(|w| w.split('-').next())
            .filter_map(|w| w.parse::<u64>().ok())
            .sum();
        total = total.wrapping_add(numbers).wrapping_add(joined.chars().filter(|c| *c == 'A').count() as u64);
    }
    total as f64
}
