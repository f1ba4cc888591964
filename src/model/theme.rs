//! Colours that can be read, worked out from the two that were asked for.

use crate::blueprint::{Colour, ThemeFile};

use super::types::Theme;

/// Contrast that WCAG 2.2 AA asks of text; a little more, so that rounding cannot fall below.
const READABLE: f64 = 4.6;
/// In dark mode the same colour also carries black text, which asks for more room.
const READABLE_IN_THE_DARK: f64 = 5.5;
const DARK: Colour = Colour { r: 0x0b, g: 0x11, b: 0x20 };

pub(super) fn theme(file: &ThemeFile) -> Theme {
    let read = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Colour>().ok());
    let primary = read(&file.primary).unwrap_or(Colour { r: 0x0f, g: 0x76, b: 0x6e });
    let background = read(&file.background).unwrap_or(Colour::WHITE);
    let on_primary = primary.readable_on();
    let primary_text = primary.until_readable(background, background.readable_on(), READABLE);
    let primary_dark = primary.until_readable(DARK, Colour::WHITE, READABLE_IN_THE_DARK);
    Theme {
        primary: primary.to_string(),
        background: background.to_string(),
        on_primary: on_primary.to_string(),
        primary_text: primary_text.to_string(),
        primary_dark: primary_dark.to_string(),
        on_primary_dark: primary_dark.readable_on().to_string(),
        background_dark: DARK.to_string(),
    }
}
