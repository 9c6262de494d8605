//! Any text compiles to nets or to faults, as a file and as a macro call:
//! `cargo +nightly fuzz run parse -- -timeout=5 -max_total_time=60 -dict=fuzz/words.dict`.

#![no_main]

use cnn_tests::soup::{program, survives};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    survives(&program(bytes));
    if let Ok(text) = std::str::from_utf8(bytes) {
        survives(text);
    }
});
