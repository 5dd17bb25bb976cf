//! How the page looks and how fast it plays.

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How fast the page plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// Half.
    Half,
    /// Normal.
    Normal,
    /// Four times.
    Four,
}

impl Speed {
    /// All speeds, slowest first.
    pub const ALL: [Speed; 3] = [Speed::Half, Speed::Normal, Speed::Four];

    /// How it is written.
    pub fn label(self) -> &'static str {
        match self {
            Speed::Half => "0.5×",
            Speed::Normal => "1×",
            Speed::Four => "4×",
        }
    }

    /// Milliseconds from one step to the next.
    pub fn step_ms(self) -> u32 {
        match self {
            Speed::Half => 2_400,
            Speed::Normal => 1_200,
            Speed::Four => 400,
        }
    }
}
