//! The address: which lesson or run is open, in which language, at which moment. Choices are written, never states.

use crate::text::Lang;
use percent_encoding::percent_decode_str;
use zooscope_core::recording::TRACE_VERSION;
use zooscope_core::time::Duration;

/// What the address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A lesson by its id.
    Lesson(String),
    /// A shared run.
    Run(String),
    /// Your turn: put a run together.
    Sandbox,
}

/// A moment: a beat and the number of events after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// Name of the beat; empty for the beginning of the run.
    pub beat: String,
    /// Events after that.
    pub offset: usize,
}

/// A whole address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// What is open.
    pub place: Place,
    /// The language, if the address says one.
    pub lang: Option<Lang>,
    /// The moment.
    pub at: At,
    /// The lesson's parameter in microseconds.
    pub param: Option<Duration>,
    /// The trace version that wrote the address.
    pub version: Option<u8>,
}

impl Route {
    /// The address of a place at its beginning.
    pub fn to(place: Place) -> Route {
        Route { place, lang: None, at: At::default(), param: None, version: None }
    }

    /// Reads what stands behind `#`. `None` when it names nothing that exists here.
    pub fn parse(hash: &str) -> Option<Route> {
        let hash = percent_decode_str(hash.trim_start_matches('#')).decode_utf8_lossy();
        let (path, query) = hash.split_once('?').unwrap_or((&hash, ""));
        let place = match path.trim_matches('/') {
            "" => Place::Lesson(crate::catalog::FLAGSHIP.to_string()),
            "sandbox" => Place::Sandbox,
            path => match path.split_once('/') {
                Some(("lesson", id)) => Place::Lesson(id.to_string()),
                Some(("r", recording)) => Place::Run(recording.to_string()),
                _ => return None,
            },
        };
        let mut route = Route::to(place);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "lang" => route.lang = Lang::from_tag(value),
                "at" => {
                    let (beat, offset) = value.rsplit_once('+').unwrap_or((value, "0"));
                    // A number that is none, or is beyond all counting, names no moment at all.
                    route.at = At { beat: beat.to_string(), offset: offset.parse().unwrap_or(usize::MAX) };
                }
                "ms" => route.param = value.parse().ok().map(Duration::from_millis),
                "v" => route.version = value.parse().ok(),
                _ => {}
            }
        }
        Some(route)
    }

    /// Writes the address, `#` included.
    pub fn format(&self) -> String {
        let path = match &self.place {
            Place::Lesson(id) => format!("lesson/{id}"),
            Place::Run(recording) => format!("r/{recording}"),
            Place::Sandbox => "sandbox".to_string(),
        };
        let mut query = Vec::new();
        if let Some(lang) = self.lang {
            query.push(format!("lang={}", lang.tag()));
        }
        if self.at != At::default() {
            query.push(format!("at={}+{}", self.at.beat, self.at.offset));
        }
        if let Some(param) = self.param {
            query.push(format!("ms={}", param.as_millis()));
        }
        // A shared run carries its version inside.
        if matches!(self.place, Place::Lesson(_)) {
            query.push(format!("v={TRACE_VERSION}"));
        }
        let mark = if query.is_empty() { "" } else { "?" };
        format!("#/{path}{mark}{}", query.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_back_as_it_was() {
        for text in [
            &*format!("#/lesson/five-server-startup?lang=zh&at=four-joins+2&v={TRACE_VERSION}"),
            &*format!("#/lesson/two-hundred-milliseconds?lang=en&ms=300&v={TRACE_VERSION}"),
            "#/r/AQUBAA?at=+7",
            "#/sandbox",
        ] {
            let route = Route::parse(text).expect("this names something");
            assert_eq!(route.format(), text);
        }
        assert_eq!(Route::parse("").map(|route| route.place), Some(Place::Lesson("five-server-startup".into())));
        assert_eq!(Route::parse("#/nothing"), None);
        let escaped = Route::parse("#/lesson/x?at=here%2B4").expect("escaped signs are read");
        assert_eq!(escaped.at, At { beat: "here".into(), offset: 4 });
        let odd = Route::parse("#/lesson/x?ms=soon&lang=fr&v=x").expect("odd values are passed over");
        assert_eq!((odd.at, odd.param, odd.lang, odd.version), (At::default(), None, None, None));
    }
}
