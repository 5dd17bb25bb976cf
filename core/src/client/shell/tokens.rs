//! A typed line as words, and words as options and arguments, the way zkCli and its option parser (commons-cli) take
//! them.

/// Splits a line at blanks; quotation marks keep blanks together and are not part of the word. A mark without its
/// partner is a letter like any other.
pub fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let quoted = matches!(first, '"' | '\'').then(|| rest[1..].find(first)).flatten();
        let end = match quoted {
            Some(length) => {
                words.push(rest[1..=length].to_string());
                length + 2
            }
            None => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                words.push(rest[..end].to_string());
                end
            }
        };
        rest = rest[end..].trim_start();
    }
    words
}

/// Options and arguments of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    options: Vec<(char, Option<String>)>,
    /// What is no option, the command itself left out.
    pub arguments: Vec<String>,
}

impl Parsed {
    /// Reads the words behind a command. `known` has its options; a `:` behind a letter says that a value follows.
    ///
    /// # Errors
    /// The line that zkCli prints.
    pub fn of(words: &[String], known: &str) -> Result<Parsed, String> {
        let mut parsed = Parsed::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let letters = word.strip_prefix('-').filter(|rest| !rest.is_empty() && !is_number(word));
            let Some(letters) = letters else {
                parsed.arguments.push(word.clone());
                continue;
            };
            if letters == "-" {
                parsed.arguments.extend(words.by_ref().cloned());
                break;
            }
            for (place, letter) in letters.char_indices() {
                let Some(at) = known.find(letter).filter(|_| letter != ':') else {
                    return Err(format!(
                        "org.apache.commons.cli.UnrecognizedOptionException: Unrecognized option: {word}"
                    ));
                };
                if !known[at + letter.len_utf8()..].starts_with(':') {
                    parsed.options.push((letter, None));
                    continue;
                }
                let attached = &letters[place + letter.len_utf8()..];
                let value = match attached {
                    "" => words.next().filter(|next| !next.starts_with('-') || is_number(next)).cloned(),
                    attached => Some(attached.to_string()),
                };
                let Some(value) = value else {
                    return Err(format!(
                        "org.apache.commons.cli.MissingArgumentException: Missing argument for option: {letter}"
                    ));
                };
                parsed.options.push((letter, Some(value)));
                break;
            }
        }
        Ok(parsed)
    }

    /// Whether an option is given.
    pub fn has(&self, option: char) -> bool {
        self.options.iter().any(|(known, _)| *known == option)
    }

    /// The value of an option.
    pub fn value(&self, option: char) -> Option<&str> {
        self.options.iter().find(|(known, _)| *known == option).and_then(|(_, value)| value.as_deref())
    }

    /// An argument, counted from 0.
    pub fn argument(&self, place: usize) -> Option<&str> {
        self.arguments.get(place).map(String::as_str)
    }
}

fn is_number(word: &str) -> bool {
    word.parse::<f64>().is_ok() && word.contains(|letter: char| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotation_marks_keep_blanks() {
        assert_eq!(split("  create /a \"two words\" 'x y'  "), ["create", "/a", "two words", "x y"]);
        assert_eq!(split("set /a \"open 节点"), ["set", "/a", "\"open", "节点"]);
        assert_eq!(split("get ''"), ["get", ""]);
        assert!(split("   ").is_empty());
    }

    #[test]
    fn options_stand_anywhere_and_may_be_written_together() {
        let words = split("/a -se x -v -1");
        let parsed = Parsed::of(&words, "sev:").expect("all are known");
        assert!(parsed.has('s') && parsed.has('e') && !parsed.has('c'));
        assert_eq!(
            (parsed.value('v'), parsed.arguments.as_slice()),
            (Some("-1"), &["/a".to_string(), "x".to_string()][..])
        );
        assert_eq!(Parsed::of(&split("-v3"), "v:").expect("known").value('v'), Some("3"));
        let said = |line: &str| Parsed::of(&split(line), "sv:").expect_err("a mistake");
        assert_eq!(said("-x"), "org.apache.commons.cli.UnrecognizedOptionException: Unrecognized option: -x");
        assert_eq!(said("-v"), "org.apache.commons.cli.MissingArgumentException: Missing argument for option: v");
        assert_eq!(Parsed::of(&split("-- -x"), "s").expect("an argument").arguments, ["-x"]);
    }
}
