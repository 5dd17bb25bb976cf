//! What is typed into command lines, as far as the run on stage has not taken it: none of it must be lost.

use litemap::LiteMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What was typed in one field, a command in each line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The client whose field it is; empty for the ensemble's.
    pub client: Rc<str>,
    /// The lines as they stood in the field.
    pub text: String,
}

impl Typed {
    /// The lines in the command language.
    pub fn commands(&self) -> String {
        let prefix = if self.client.is_empty() { String::new() } else { format!("{}> ", self.client) };
        let lines = self.text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| format!("{prefix}{line}")).collect::<Vec<String>>().join("\n")
    }
}

/// What was typed and is not in the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typing {
    /// What stands half typed for each client, and for the ensemble, whatever run is on stage. It is shared, not part of
    /// what is drawn anew: a key that is pressed in a field changes nothing else on the page.
    drafts: Rc<RefCell<LiteMap<String, String>>>,
    /// Whether the commands to the ensemble are unfolded.
    pub unfolded: Rc<Cell<bool>>,
    /// Whose field takes the focus as soon as it is there.
    next: Rc<RefCell<Option<String>>>,
    /// What was refused last; nothing once other commands were carried out.
    pub refused: Option<Typed>,
    /// How often commands were refused: the same line may be refused twice.
    pub refusals: usize,
}

impl Typing {
    /// What stands half typed for a client, or for the ensemble when the name is empty.
    pub fn draft(&self, client: &str) -> String {
        self.drafts.borrow().get(client).cloned().unwrap_or_default()
    }

    /// Keeps what stands half typed.
    pub fn keep(&self, client: &str, text: String) {
        self.drafts.borrow_mut().insert(client.to_string(), text);
    }

    /// The keyboard shall go on in the field of a client that is about to come.
    pub fn go_on_at(&self, client: &str) {
        self.next.replace(Some(client.to_string()));
    }

    /// The field that `find` finds for the client where the keyboard shall go on; it is given once.
    pub fn arrived<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut next = self.next.borrow_mut();
        let found = next.as_deref().and_then(find);
        if found.is_some() {
            *next = None;
        }
        found
    }

    /// What was refused last in a client's field, or in the ensemble's when the name is empty.
    pub fn refused_at(&self, client: &str) -> Option<&str> {
        self.refused.as_ref().filter(|refused| &*refused.client == client).map(|refused| &*refused.text)
    }

    /// Commands were refused, and if they were typed, they must not be lost.
    pub fn refuse(&mut self, typed: Option<Typed>) {
        self.refused = typed;
        self.refusals += 1;
        self.next.take();
    }
}
