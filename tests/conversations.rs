//! Golden conversations: each file in `tests/conversations` is a plot. Commands stand above a `----`, what the
//! engine says below it, up to the next empty line. Behind `refused:` stands what shall be refused, and the reason is
//! told. `UPDATE_EXPECT=1 cargo test --test conversations` rewrites the answers; the diff is the review.

use expect_test::expect_file;
use std::path::Path;
use zooscope_core::script::Session;

/// Runs the commands of a file and writes the file as it should be.
fn replay(text: &str, name: &str) -> String {
    let mut session = Session::default();
    let (mut out, mut block) = (String::new(), String::new());
    let mut answering = false;
    for (number, line) in text.lines().enumerate() {
        if line == "----" {
            out.push_str("----\n");
            out.push_str(if block.is_empty() { "ok\n" } else { &block });
            block.clear();
            answering = true;
        } else if line.is_empty() {
            answering = false;
            out.push('\n');
        } else if !answering {
            out.push_str(line);
            out.push('\n');
            let wrong = line.strip_prefix("refused: ");
            match (session.line(number + 1, wrong.unwrap_or(line)), wrong) {
                (Ok(told), None) => block.push_str(&told),
                (Err(error), Some(_)) => {
                    let error = error.to_string();
                    block.push_str(error.split_once(", ").map_or(&*error, |(_, place)| place));
                    block.push('\n');
                }
                (Err(error), None) => panic!("{name}: {error}"),
                (Ok(_), Some(line)) => panic!("{name}: line {}: `{line}` is not refused", number + 1),
            }
        }
    }
    assert!(block.is_empty(), "{name}: what is told at its end has no `----`");
    out
}

#[test]
fn every_conversation_goes_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("the folder is there").flatten().map(|entry| entry.path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no conversation in {}", folder.display());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a conversation is readable");
        expect_file![&file].assert_eq(&replay(&text, &file.display().to_string()));
    }
}
