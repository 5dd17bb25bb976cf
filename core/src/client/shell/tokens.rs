//! How a typed line is cut into words. Quotes keep blanks and go; nothing can be escaped (`MyCommandOptions`).

/// What Java takes for a blank.
fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r')
}

fn is_quote(letter: char) -> bool {
    letter == '"' || letter == '\''
}

/// The words of a line. As in zkCli a quote that is never closed is overlooked, one within a word is a letter, and a
/// line of blanks is a word of one blank.
pub fn words(line: &str) -> Vec<String> {
    let letters: Vec<char> = line.chars().collect();
    let (mut words, mut place) = (Vec::new(), 0);
    while place < letters.len() {
        let blanks = letters[place..].iter().take_while(|letter| is_blank(**letter)).count();
        // A word begins after the blanks; where none can, fewer blanks are left out until one can.
        match (place..=place + blanks).rev().find_map(|start| word_at(&letters, start)) {
            Some((word, end)) => {
                words.push(word);
                place = end + letters[end..].iter().take_while(|letter| is_blank(**letter)).count();
            }
            None => place += 1,
        }
    }
    words
}

/// The word that begins at a place, and where it ends.
fn word_at(letters: &[char], start: usize) -> Option<(String, usize)> {
    let first = *letters.get(start)?;
    let rest = &letters[start + 1..];
    if is_quote(first) {
        let length = rest.iter().position(|letter| *letter == first)?;
        return Some((rest[..length].iter().collect(), start + length + 2));
    }
    let length = 1 + rest.iter().take_while(|letter| !is_blank(**letter)).count();
    Some((letters[start..start + length].iter().collect(), start + length))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn blanks_part_words_and_quotes_keep_them() {
        let cases: [(&str, &[&str]); 12] = [
            ("ls /", &["ls", "/"]),
            ("  ls\t /  ", &["ls", "/"]),
            ("create /a \"two words\"", &["create", "/a", "two words"]),
            ("create /a 'it \"is\"' x", &["create", "/a", "it \"is\"", "x"]),
            ("set /a \"\"", &["set", "/a", ""]),
            ("set /a \"open end", &["set", "/a", "open", "end"]),
            ("set /a b\"c d\"", &["set", "/a", "b\"c", "d\""]),
            ("\"a\"b", &["a", "b"]),
            ("   ", &[" "]),
            ("  'a", &[" 'a"]),
            ("\"", &[]),
            ("", &[]),
        ];
        for (line, expected) in cases {
            assert_eq!(words(line), expected, "{line:?}");
        }
    }
}
