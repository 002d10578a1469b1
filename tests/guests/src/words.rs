//! Counts the words of a file that the host granted, or of standard input, as a Rust program does it.
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::{env, fs, process};

fn main() -> io::Result<()> {
    let mut text = String::new();
    match env::args().nth(1) {
        Some(path) => match fs::read_to_string(&path) {
            Ok(content) => text = content,
            Err(error) => {
                eprintln!("{path}: {:?}", error.kind());
                process::exit(2);
            }
        },
        None => {
            io::stdin().read_to_string(&mut text)?;
        }
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut out = io::stdout().lock();
    for (word, count) in &counts {
        writeln!(out, "{count} {word}")?;
    }
    if let Ok(path) = env::var("COUNTS") {
        fs::write(path, format!("{}\n", counts.len()))?;
    }
    Ok(())
}
