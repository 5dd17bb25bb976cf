//! The lessons that come with the page. They are files; this list only names them.

use zooscope_core::lesson::{Prose, Script};

/// The lesson that opens when the address names none.
pub const FLAGSHIP: &str = "five-server-startup";

/// A lesson's files.
#[derive(Clone, Copy, Debug)]
pub struct LessonFiles {
    /// Its name in the address.
    pub id: &'static str,
    /// What happens and what is true.
    pub script: &'static str,
    /// The words in Chinese.
    pub zh: &'static str,
    /// The words in English.
    pub en: &'static str,
    /// A recording of a real ensemble in the same situation, below `assets/`.
    pub real_log: Option<&'static str>,
}

macro_rules! lesson {
    ($id:literal, $real_log:expr) => {
        LessonFiles {
            id: $id,
            script: include_str!(concat!("../lessons/", $id, "/script.txt")),
            zh: include_str!(concat!("../lessons/", $id, "/zh.md")),
            en: include_str!(concat!("../lessons/", $id, "/en.md")),
            real_log: $real_log,
        }
    };
}

/// All lessons in the order in which they are offered.
pub const LESSONS: [LessonFiles; 5] = [
    lesson!("five-server-startup", Some("real/seq5-12345.txt")),
    lesson!("two-hundred-milliseconds", None),
    lesson!("what-decides", None),
    lesson!("elected-to-serving", None),
    lesson!("ephemeral-node", None),
];

impl LessonFiles {
    /// The lesson with this name.
    pub fn find(id: &str) -> Option<&'static LessonFiles> {
        LESSONS.iter().find(|lesson| lesson.id == id)
    }

    /// Its script. The lesson check keeps a script that cannot be read from being built in.
    pub fn script(&self) -> Option<Script> {
        Script::parse(self.script).ok()
    }

    /// Its words in Chinese and in English.
    pub fn prose(&self) -> (Prose, Prose) {
        (Prose::parse(self.zh).0, Prose::parse(self.en).0)
    }
}
