//! A lesson's prose in one language, read from Markdown. Every sentence names what it rests on.
//!
//! ```text
//! # Title                       the lesson's title
//! ## one: Server {id 1} starts  the title of a stage
//! ### alone                     the text of a beat: paragraphs of sentences, each with its tag behind it
//! Server {id 1} votes for {vote 1}. [self] Most people expect more. [opinion]
//! ### ?who                      a question
//! Who will lead?
//! - none: nobody yet            the label of an option
//! > none: There are {running}.  [few]   its explanation, shown when the engine judges
//! ```
//! In a sentence `**bold**` is stressed, `{votes 3}` is filled in from the run, `{delay}` is the parameter, and
//! `` `3.8.0` `` or `{=3}` is a marked literal. A typed digit or state word anywhere else is an error, and so is
//! a sentence without a tag. Tags are names of claims, or `opinion`, `history` or `term` (a word explained).

use crate::query::Query;
use crate::script::{Words, query};
use core::fmt;

/// Words that stand for a state and must come from the run.
const STATE_WORDS: [&str; 4] = ["LOOKING", "FOLLOWING", "LEADING", "OBSERVING"];
/// Tags that mark a sentence as no claim about the run.
pub const FREE_TAGS: [&str; 3] = ["opinion", "history", "term"];

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain words.
    Text(String),
    /// Stressed words.
    Strong(Vec<Inline>),
    /// A marked literal in code type.
    Code(String),
    /// Filled in from the run.
    Answer(Query),
    /// Filled in with the parameter.
    Param(String),
}

/// A sentence and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Its words.
    pub words: Vec<Inline>,
    /// Names of claims, or a free tag.
    pub tags: Vec<String>,
    /// Line in the file.
    pub line: usize,
}

/// A paragraph.
pub type Paragraph = Vec<Sentence>;

/// The text of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageText {
    /// Which stage.
    pub name: String,
    /// Its title.
    pub title: Vec<Inline>,
    /// Line in the file.
    pub line: usize,
}

/// The text of a beat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeatText {
    /// Which beat.
    pub name: String,
    /// Its paragraphs.
    pub paragraphs: Vec<Paragraph>,
    /// Line in the file.
    pub line: usize,
}

/// The text of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskText {
    /// Which question.
    pub name: String,
    /// The question itself.
    pub question: Vec<Inline>,
    /// The label of each option.
    pub labels: Vec<(String, Vec<Inline>)>,
    /// The explanation of each option.
    pub explanations: Vec<(String, Paragraph)>,
    /// Line in the file.
    pub line: usize,
}

/// All words of a lesson in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    /// The lesson's title.
    pub title: Vec<Inline>,
    /// Stage titles.
    pub stages: Vec<StageText>,
    /// Beat texts.
    pub beats: Vec<BeatText>,
    /// Questions.
    pub asks: Vec<AskText>,
}

/// What is wrong in a prose file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProseCause {
    /// Text before the first heading, or a heading that does not fit.
    BadHeading,
    /// A `{…}` that is no question about the run and no parameter.
    BadPlaceholder(String),
    /// A mark that is opened and not closed.
    Unclosed(char),
    /// A digit outside a placeholder or marked literal.
    BareNumber(String),
    /// A state word outside a placeholder or marked literal.
    BareState(String),
    /// A sentence that names nothing it rests on.
    NoTag(String),
}

/// An error in a prose file, with its line (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProseError {
    /// Line.
    pub line: usize,
    /// What is wrong.
    pub cause: ProseCause,
}

impl fmt::Display for ProseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.cause {
            ProseCause::BadHeading => {
                f.write_str("expected `# title`, `## stage: title`, `### beat` or `### ?question` with its lines")
            }
            ProseCause::BadPlaceholder(text) => write!(f, "`{{{text}}}` is no question about the run"),
            ProseCause::Unclosed(mark) => write!(f, "`{mark}` is opened and not closed"),
            ProseCause::BareNumber(text) => {
                write!(f, "the number `{text}` is typed; use a placeholder or `{{={text}}}`")
            }
            ProseCause::BareState(text) => write!(f, "the state `{text}` is typed; use a placeholder or `{{={text}}}`"),
            ProseCause::NoTag(text) => write!(f, "this sentence names no claim it rests on: {text}"),
        }
    }
}

impl Prose {
    /// Reads a prose file. Everything that can be read is kept, so that one mistake does not hide the others.
    pub fn parse(text: &str) -> (Prose, Vec<ProseError>) {
        let mut reader = Reader::default();
        for (index, line) in text.lines().enumerate() {
            reader.line(index + 1, line.trim_end());
        }
        (reader.prose, reader.errors)
    }
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Top,
    Beat,
    Ask,
}

#[derive(Default)]
struct Reader {
    prose: Prose,
    errors: Vec<ProseError>,
    section: Section,
    new_paragraph: bool,
}

impl Reader {
    fn line(&mut self, line: usize, text: &str) {
        if text.is_empty() {
            self.new_paragraph = true;
        } else if let Some(name) = text.strip_prefix("### ?") {
            self.section = Section::Ask;
            let name = name.trim().to_string();
            let (question, labels, explanations) = (Vec::new(), Vec::new(), Vec::new());
            self.prose.asks.push(AskText { name, question, labels, explanations, line });
        } else if let Some(name) = text.strip_prefix("### ") {
            self.section = Section::Beat;
            self.new_paragraph = true;
            self.prose.beats.push(BeatText { name: name.trim().to_string(), paragraphs: Vec::new(), line });
        } else if let Some(heading) = text.strip_prefix("## ") {
            self.section = Section::Top;
            match heading.split_once(':') {
                Some((name, title)) => {
                    let title = self.inlines(line, title.trim());
                    self.prose.stages.push(StageText { name: name.trim().to_string(), title, line });
                }
                None => self.error(line, ProseCause::BadHeading),
            }
        } else if let Some(title) = text.strip_prefix("# ") {
            self.prose.title = self.inlines(line, title.trim());
        } else {
            match self.section {
                Section::Top => self.error(line, ProseCause::BadHeading),
                Section::Beat => self.beat_line(line, text),
                Section::Ask => self.ask_line(line, text),
            }
        }
    }

    fn beat_line(&mut self, line: usize, text: &str) {
        let sentences = self.sentences(line, text);
        let Some(beat) = self.prose.beats.last_mut() else { return };
        match beat.paragraphs.last_mut() {
            Some(paragraph) if !self.new_paragraph => paragraph.extend(sentences),
            _ => beat.paragraphs.push(sentences),
        }
        self.new_paragraph = false;
    }

    fn ask_line(&mut self, line: usize, text: &str) {
        let option =
            |rest: &str| rest.split_once(':').map(|(name, rest)| (name.trim().to_string(), rest.trim().to_string()));
        if let Some(rest) = text.strip_prefix("- ") {
            let Some((name, label)) = option(rest) else { return self.error(line, ProseCause::BadHeading) };
            let label = self.inlines(line, &label);
            if let Some(ask) = self.prose.asks.last_mut() {
                ask.labels.push((name, label));
            }
        } else if let Some(rest) = text.strip_prefix("> ") {
            let Some((name, words)) = option(rest) else { return self.error(line, ProseCause::BadHeading) };
            let sentences = self.sentences(line, &words);
            if let Some(ask) = self.prose.asks.last_mut() {
                ask.explanations.push((name, sentences));
            }
        } else {
            let words = self.inlines(line, text);
            if let Some(ask) = self.prose.asks.last_mut() {
                ask.question.extend(words);
            }
        }
    }

    /// Splits a line into sentences at their tags.
    fn sentences(&mut self, line: usize, text: &str) -> Vec<Sentence> {
        let mut sentences = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('[') {
            let Some(close) = rest[open..].find(']').map(|offset| open + offset) else {
                self.error(line, ProseCause::Unclosed('['));
                return sentences;
            };
            let words = rest[..open].trim();
            if let Some(inner) = untagged_sentence(words) {
                self.error(line, ProseCause::NoTag(inner.to_string()));
            }
            let tags = rest[open + 1..close].split(',').map(|tag| tag.trim().to_string()).collect();
            let words = self.inlines(line, words);
            sentences.push(Sentence { words, tags, line });
            rest = &rest[close + 1..];
        }
        let rest = rest.trim();
        if !rest.is_empty() {
            self.error(line, ProseCause::NoTag(rest.to_string()));
        }
        sentences
    }

    fn inlines(&mut self, line: usize, text: &str) -> Vec<Inline> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find(['{', '`', '*']) {
            self.plain(line, &rest[..start], &mut pieces);
            let mark = rest[start..].chars().next().unwrap_or('{');
            let (open, close) = match mark {
                '{' => ("{", "}"),
                '`' => ("`", "`"),
                _ => ("**", "**"),
            };
            let Some(inner) = rest[start..].strip_prefix(open) else {
                // A single asterisk is an ordinary character.
                self.plain(line, &rest[start..=start], &mut pieces);
                rest = &rest[start + 1..];
                continue;
            };
            let Some(end) = inner.find(close) else {
                self.error(line, ProseCause::Unclosed(mark));
                return pieces;
            };
            let body = &inner[..end];
            match mark {
                '{' => self.placeholder(line, body, &mut pieces),
                '`' => pieces.push(Inline::Code(body.to_string())),
                _ => {
                    let strong = self.inlines(line, body);
                    pieces.push(Inline::Strong(strong));
                }
            }
            rest = &inner[end + close.len()..];
        }
        self.plain(line, rest, &mut pieces);
        pieces
    }

    fn placeholder(&mut self, line: usize, body: &str, pieces: &mut Vec<Inline>) {
        if let Some(literal) = body.strip_prefix('=') {
            pieces.push(Inline::Text(literal.to_string()));
            return;
        }
        let mut words = Words::of(line, body);
        match query(&mut words) {
            Ok(query) if words.is_empty() => pieces.push(Inline::Answer(query)),
            _ if crate::script::name(body).is_some() => pieces.push(Inline::Param(body.to_string())),
            _ => self.error(line, ProseCause::BadPlaceholder(body.to_string())),
        }
    }

    fn plain(&mut self, line: usize, text: &str, pieces: &mut Vec<Inline>) {
        if text.is_empty() {
            return;
        }
        // ASCII, full-width and circled digits; the tables of all of Unicode's numbers would weigh more than a lesson.
        let is_digit = |letter: char| matches!(letter, '0'..='9' | '０'..='９' | '①'..='⑳');
        if let Some(start) = text.find(is_digit) {
            let number: String = text[start..].chars().take_while(|letter| is_digit(*letter)).collect();
            self.error(line, ProseCause::BareNumber(number));
        }
        if let Some(state) = STATE_WORDS.into_iter().find(|word| text.contains(word)) {
            self.error(line, ProseCause::BareState(state.to_string()));
        }
        pieces.push(Inline::Text(text.to_string()));
    }

    fn error(&mut self, line: usize, cause: ProseCause) {
        self.errors.push(ProseError { line, cause });
    }
}

/// The first sentence of a tagged piece that ends before the tag: it would go untagged.
fn untagged_sentence(words: &str) -> Option<&str> {
    let (mut depth, mut code) = (0u32, false);
    for (at, letter) in words.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '`' => code = !code,
            '。' | '！' | '？' | '.' | '!' | '?' if depth == 0 && !code => {
                let end = at + letter.len_utf8();
                let rest = words[end..].trim_start_matches(['”', '」', '*', '"', ')', '）']);
                let wide = !letter.is_ascii();
                if !rest.is_empty() && (wide || rest.starts_with(' ')) {
                    return Some(&words[..end]);
                }
            }
            _ => {}
        }
    }
    None
}
