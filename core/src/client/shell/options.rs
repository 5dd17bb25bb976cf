//! Options among the words of a command, anywhere in it, as commons-cli's `DefaultParser` finds them: `-s`, `-sw`,
//! `-v 3`, `-v3`, `-v=3`, and `--` before words that only look like options.

/// Which options a command has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Their names, parted by blanks; with a colon behind those that take a value.
    pub names: &'static str,
    /// Whether they exclude each other.
    pub group: Group,
}

/// Whether the options of a command exclude each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// They do not.
    Free,
    /// At most one.
    AtMostOne,
    /// Exactly one; the text is what is said when there is none.
    One(&'static str),
}

impl Known {
    /// An option's name as it is kept, and whether it takes a value.
    fn find(&self, name: &str) -> Option<(&'static str, bool)> {
        self.names.split(' ').find_map(|known| {
            let bare = known.trim_end_matches(':');
            (bare == name && !bare.is_empty()).then_some((bare, known.len() > bare.len()))
        })
    }

    /// Whether a word cannot be the value of an option that waits for one.
    fn looks_like_option(&self, word: &str) -> bool {
        let Some(name) = word.strip_prefix('-').filter(|name| !name.is_empty()) else { return false };
        let name = name.split('=').next().unwrap_or("");
        let first = name.chars().next().map_or(0, char::len_utf8);
        self.find(name).is_some() || self.find(&name[..first]).is_some()
    }
}

/// A command's words, with the options taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    options: Vec<(&'static str, Option<String>)>,
    /// What is not an option; the first is the command itself.
    pub words: Vec<String>,
}

impl Given {
    /// Whether an option is there.
    pub fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(known, _)| *known == name)
    }

    /// The value of an option; the first if it is there more than once.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.as_deref())
    }

    /// A word by its number; empty if there are not so many.
    pub fn word(&self, number: usize) -> &str {
        self.words.get(number).map_or("", String::as_str)
    }
}

/// Takes the options out of a command's words.
///
/// # Errors
/// What zkCli says when they cannot be understood.
pub fn parse(known: Known, words: &[String]) -> Result<Given, String> {
    let mut parser = Parser { known, given: Given::default(), waits: false };
    let mut literal = false;
    for word in words {
        if literal {
            parser.given.words.push(word.clone());
        } else if word == "--" {
            literal = true;
        } else if parser.waits && !known.looks_like_option(word) {
            parser.fill(without_quotes(word));
        } else if word.starts_with('-') && word != "-" {
            parser.option(word)?;
        } else {
            parser.given.words.push(word.clone());
        }
    }
    parser.nothing_waits()?;
    match known.group {
        Group::One(all) if parser.given.options.is_empty() => {
            Err(error("MissingOption", &format!("Missing required option: [{all}]")))
        }
        _ => Ok(parser.given),
    }
}

struct Parser {
    known: Known,
    given: Given,
    /// Whether the last option waits for its value.
    waits: bool,
}

impl Parser {
    fn fill(&mut self, value: &str) {
        if let Some((_, empty)) = self.given.options.last_mut() {
            *empty = Some(value.to_string());
        }
        self.waits = false;
    }

    fn nothing_waits(&self) -> Result<(), String> {
        match self.given.options.last() {
            Some((name, _)) if self.waits => {
                Err(error("MissingArgument", &format!("Missing argument for option: {name}")))
            }
            _ => Ok(()),
        }
    }

    fn take(&mut self, (name, takes_value): (&'static str, bool)) -> Result<(), String> {
        self.nothing_waits()?;
        if self.known.group != Group::Free
            && let Some((other, _)) = self.given.options.iter().find(|(other, _)| *other != name)
        {
            let said = "was specified but an option from this group has already been selected";
            return Err(error("AlreadySelected", &format!("The option '{name}' {said}: '{other}'")));
        }
        self.given.options.push((name, None));
        self.waits = takes_value;
        Ok(())
    }

    /// A word that begins with a dash and has more than that.
    fn option(&mut self, word: &str) -> Result<(), String> {
        let unknown = || Err(error("UnrecognizedOption", &format!("Unrecognized option: {word}")));
        let text = &word[1..];
        if let Some((name, value)) = text.split_once('=').filter(|_| text.chars().count() > 1) {
            return match self.known.find(name) {
                // Only names of one letter may be written so, because none is a long one.
                Some(option) if option.1 && name.len() == 1 => {
                    self.take(option)?;
                    self.fill(value);
                    Ok(())
                }
                _ if name.is_empty() => Err(crash("StringIndexOutOfBounds", "begin 0, end 1, length 0")),
                _ => unknown(),
            };
        }
        if let Some(option) = self.known.find(text) {
            return self.take(option);
        }
        for (place, letter) in text.char_indices() {
            let end = place + letter.len_utf8();
            match self.known.find(&text[place..end]) {
                Some(option) => self.take(option)?,
                None => return unknown(),
            }
            if self.waits && end < text.len() {
                self.fill(&text[end..]);
                break;
            }
        }
        Ok(())
    }
}

/// A value may come in double quotes of its own.
fn without_quotes(word: &str) -> &str {
    let inner = word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(word)
}

fn error(kind: &str, message: &str) -> String {
    format!("org.apache.commons.cli.{kind}Exception: {message}")
}

/// What is printed when an exception ends the process of zkCli. A simulated prompt goes on after it.
pub fn crash(kind: &str, message: &str) -> String {
    format!("Exception in thread \"main\" java.lang.{kind}Exception: {message}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::shell::tokens;

    fn said(names: &'static str, group: Group, line: &str) -> String {
        match parse(Known { names, group }, &tokens::words(line)) {
            Ok(given) => {
                let option = |(name, value): &(&str, Option<String>)| match value {
                    Some(value) => format!("{name}={value}"),
                    None => (*name).to_string(),
                };
                let options: Vec<String> = given.options.iter().map(option).collect();
                format!("{} | {}", options.join(" "), given.words.join(" "))
            }
            Err(message) => message,
        }
    }

    #[test]
    fn options_stand_anywhere_and_may_stand_together() {
        let create = |line| said("e s c t:", Group::Free, line);
        assert_eq!(create("create -s -e /a x"), "s e | create /a x");
        assert_eq!(create("create /a -es x"), "e s | create /a x");
        assert_eq!(create("create -t 5 /a"), "t=5 | create /a");
        assert_eq!(create("create -t5 /a"), "t=5 | create /a");
        assert_eq!(
            create("create -st=5 /a"),
            "org.apache.commons.cli.UnrecognizedOptionException: Unrecognized option: -st=5"
        );
        assert_eq!(create("create -t=5 /a"), "t=5 | create /a");
        assert_eq!(create("create -t -5 /a"), "t=-5 | create /a");
        assert_eq!(create("create /a -- -s"), " | create /a -s");
        assert_eq!(create("create - /a"), " | create - /a");
        assert_eq!(said("s v: file: add:", Group::Free, "reconfig -add 1=x -s"), "add=1=x s | reconfig");
    }

    #[test]
    fn what_is_wrong_is_said_in_the_words_of_the_library() {
        let create = |line| said("e s c t:", Group::Free, line);
        let package = "org.apache.commons.cli.";
        assert_eq!(create("create -x"), format!("{package}UnrecognizedOptionException: Unrecognized option: -x"));
        assert_eq!(create("create -sx"), format!("{package}UnrecognizedOptionException: Unrecognized option: -sx"));
        assert_eq!(create("create --s"), format!("{package}UnrecognizedOptionException: Unrecognized option: --s"));
        assert_eq!(create("create -t"), format!("{package}MissingArgumentException: Missing argument for option: t"));
        assert_eq!(
            create("create -t -s"),
            format!("{package}MissingArgumentException: Missing argument for option: t")
        );
        assert_eq!(create("create -=x"), crash("StringIndexOutOfBounds", "begin 0, end 1, length 0"));
        assert_eq!(
            said("n b", Group::AtMostOne, "delquota -n -b /a"),
            format!(
                "{package}AlreadySelectedException: The option 'b' was specified but an option from this group has \
                 already been selected: 'n'"
            )
        );
        assert_eq!(
            said("n: b:", Group::One("-n num, -b bytes"), "setquota /a"),
            format!("{package}MissingOptionException: Missing required option: [-n num, -b bytes]")
        );
    }
}
