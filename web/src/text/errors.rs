//! What is wrong, in the reader's language.

use super::Lang;
use crate::show::OpenError;
use crate::state::Notice;
use zooscope_core::lesson::PerformError;
use zooscope_core::recording::{DecodeError, LONGEST_SPAN, LONGEST_TEXT, MOST_EVENTS, TRACE_VERSION};
use zooscope_core::script::Cause;

impl Lang {
    /// A notice in words.
    pub fn notice(self, notice: &Notice) -> String {
        match notice {
            Notice::UnknownAddress => self
                .pick("这个地址没有对应的内容，已打开第一课。", "This address names nothing here; the first lesson is open instead.")
                .into(),
            Notice::NoSuchMoment => self
                .pick("地址里的那一步在这次运行中不存在，已打开最近的位置。", "The address names a moment that this run does not have; the nearest one is open.")
                .into(),
            Notice::CannotSwitch(command) => self.say(
                format_args!("没有切换：这样一来，这次运行永远走不到“{command}”这一步。"),
                format_args!("Not switched: the run would never get as far as “{command}” then."),
            ),
            Notice::OtherVersion(version) => self.say(
                format_args!("这个链接来自引擎的另一个版本（{version}，现在是 {TRACE_VERSION}），已打开最近的位置。"),
                format_args!("This link was made by another version of the engine ({version}; this is {TRACE_VERSION}). The nearest moment is open."),
            ),
            Notice::CannotOpen(OpenError::UnknownLesson(id)) => {
                self.say(format_args!("没有名为“{id}”的课程。"), format_args!("There is no lesson called “{id}”."))
            }
            Notice::CannotOpen(OpenError::Lesson(error)) => {
                let error = match error {
                    PerformError::Script(error) => error.to_string(),
                    PerformError::NotReached { line, beat } => format!("line {line}: beat `{beat}`"),
                };
                self.say(format_args!("课程无法运行：{error}"), format_args!("The lesson does not run: {error}"))
            }
            Notice::Command(DecodeError::Line(error)) => {
                let cause = self.script_error(error);
                if error.line > 1 {
                    return self.say(
                        format_args!("这些命令都没有执行：第 {} 行第 {} 个字符，{cause}。", error.line, error.column),
                        format_args!("None of these commands was carried out: line {}, character {}, {cause}.", error.line, error.column),
                    );
                }
                // What cannot be carried out is wrong as a whole.
                if error.column == 1 && matches!(error.cause, Cause::Refused(_)) {
                    return self.say(
                        format_args!("命令没有执行：{cause}。"),
                        format_args!("The command was not carried out: {cause}."),
                    );
                }
                self.say(
                    format_args!("命令没有执行：第 {} 个字符，{cause}。", error.column),
                    format_args!("The command was not carried out: character {}, {cause}.", error.column),
                )
            }
            Notice::Command(DecodeError::TooLarge) => self.say(
                format_args!("命令没有执行：网页上的一次运行最多 {MOST_EVENTS} 个事件，一次最多经过 {LONGEST_SPAN}，链接最多 {LONGEST_TEXT} 个字符。"),
                format_args!("The command was not carried out: on the page a run has at most {MOST_EVENTS} events, spans of at most {LONGEST_SPAN}, and a link of at most {LONGEST_TEXT} characters."),
            ),
            Notice::Command(error) | Notice::CannotOpen(OpenError::Link(error)) => match error {
                DecodeError::Damaged => {
                    self.pick("链接已损坏或不完整，无法打开。", "The link is damaged or cut short and cannot be opened.").into()
                }
                DecodeError::OtherVersion(version) => self.say(
                    format_args!("这个链接来自引擎的另一个版本（{version}，现在是 {TRACE_VERSION}），无法重演。"),
                    format_args!("This link was made by another version of the engine ({version}; this is {TRACE_VERSION}) and cannot be replayed."),
                ),
                DecodeError::TooLarge => self.pick("链接要求的运行太大。", "The link asks for a run that is too large.").into(),
                DecodeError::Line(error) => {
                    let cause = self.script_error(error);
                    self.say(
                        format_args!("链接第 {} 行第 {} 列有误：{cause}", error.line, error.column),
                        format_args!("The link is wrong at line {}, column {}: {cause}", error.line, error.column),
                    )
                }
            },
        }
    }
}
