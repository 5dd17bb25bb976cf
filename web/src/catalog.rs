//! The lessons that come with the page. They are files; this list only names them.

use crate::text::Lang;
use zooscope_core::lesson::{Prose, Script};

/// The lesson that opens when the address names none.
pub const FLAGSHIP: &str = "five-server-startup";

/// A lesson.
#[derive(Clone, Copy, Debug)]
pub struct LessonFiles {
    /// Its name in the address.
    pub id: &'static str,
    /// The first lines of its words in Chinese and in English.
    titles: [&'static str; 2],
    /// Its texts: of most lessons they come with the rest of the page, after the first view.
    pub texts: fn() -> Texts,
    /// A recording of a real ensemble in the same situation, below `assets/`.
    pub real_log: Option<&'static str>,
}

/// The files of a lesson.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// What happens and what is true.
    pub script: &'static str,
    /// The words in Chinese.
    pub zh: &'static str,
    /// The words in English.
    pub en: &'static str,
}

macro_rules! lesson_file {
    ($id:literal, $file:literal) => {
        include_str!(concat!("../lessons/", $id, "/", $file))
    };
}

/// The first line of a text, as a text of its own: a part of the whole would keep the whole.
macro_rules! first_line {
    ($text:expr) => {{
        const TEXT: &[u8] = $text.as_bytes();
        const LENGTH: usize = {
            let mut length = 0;
            while length < TEXT.len() && TEXT[length] != b'\n' {
                length += 1;
            }
            length
        };
        const LINE: [u8; LENGTH] = match TEXT.first_chunk() {
            Some(line) => *line,
            None => [0; LENGTH],
        };
        match str::from_utf8(&LINE) {
            Ok(line) => line,
            Err(_) => "",
        }
    }};
}

macro_rules! lesson {
    ($id:literal, $real_log:expr) => {
        LessonFiles {
            id: $id,
            titles: [first_line!(lesson_file!($id, "zh.md")), first_line!(lesson_file!($id, "en.md"))],
            texts: || Texts {
                script: lesson_file!($id, "script.txt"),
                zh: lesson_file!($id, "zh.md"),
                en: lesson_file!($id, "en.md"),
            },
            real_log: $real_log,
        }
    };
}

/// All lessons in the order in which they are offered.
pub const LESSONS: [LessonFiles; 5] = {
    let [second, third, fourth, fifth] = later::LESSONS;
    [lesson!("five-server-startup", Some("real/seq5-12345.txt")), second, third, fourth, fifth]
};

/// The lessons after the first one.
mod later {
    use super::{LessonFiles, Texts};

    pub const LESSONS: [LessonFiles; 4] = [
        lesson!("two-hundred-milliseconds", None),
        lesson!("what-decides", None),
        lesson!("elected-to-serving", None),
        lesson!("ephemeral-node", None),
    ];
}

impl LessonFiles {
    /// The lesson with this name.
    pub fn find(id: &str) -> Option<&'static LessonFiles> {
        LESSONS.iter().find(|lesson| lesson.id == id)
    }

    /// The line with its title.
    pub fn title(&self, lang: Lang) -> &'static str {
        let [zh, en] = self.titles;
        lang.pick(zh, en)
    }

    /// Its script. The lesson check keeps a script that cannot be read from being built in.
    pub fn script(&self) -> Option<Script> {
        Script::parse((self.texts)().script).ok()
    }

    /// Its words in Chinese and in English.
    pub fn prose(&self) -> (Prose, Prose) {
        let Texts { zh, en, .. } = (self.texts)();
        (Prose::parse(zh).0, Prose::parse(en).0)
    }
}
