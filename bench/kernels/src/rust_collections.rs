//! A BTreeMap and a HashMap of counters, n random keys each: what Rust's standard library compiles to.
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// FNV-1a: the default hasher would need a source of randomness that this target lacks.
#[derive(Default)]
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

#[export_name = "run"]
pub extern "C" fn run(n: i32) -> f64 {
    let mut tree: BTreeMap<u32, u32> = BTreeMap::new();
    let mut table: HashMap<u32, u32, BuildHasherDefault<Fnv>> = HashMap::default();
    let mut state = 12345u32;
    for _ in 0..n {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let key = state >> 12;
        *tree.entry(key).or_insert(0) += 1;
        *table.entry(key).or_insert(0) += 2;
    }
    let in_order: f64 = tree.iter().map(|(k, v)| f64::from(k ^ v)).sum();
    let matching = tree.iter().filter(|(k, v)| table[k] == **v * 2).count();
    in_order + matching as f64
}
