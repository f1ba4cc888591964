//! Colours that can be read, worked out from the two that were asked for.

use serde::Serialize;

use crate::blueprint::{Colour, ThemeFile};

/// Contrast that WCAG 2.2 AA asks of text; a little more, so that rounding cannot fall below.
const READABLE: f64 = 4.6;
/// The same for what quieter text may have, and for body text where the background leaves room.
const COMFORTABLE: f64 = 5.5;
const STRONG: f64 = 12.0;
/// What the edges of inputs need to be seen.
const VISIBLE: f64 = 3.1;
/// Below this, a button melts into the page and needs an edge.
const DISTINCT: f64 = 1.5;
/// Above this, a background can be shaded in both directions and stay readable.
const ROOMY: f64 = 10.0;

/// The page in dark mode.
const NIGHT: Colour = Colour { r: 0x0b, g: 0x11, b: 0x20 };
const SLATE: Colour = Colour { r: 0x33, g: 0x41, b: 0x55 };

/// The colours of the app.
#[derive(Clone, Debug, Serialize)]
pub struct Theme {
    /// As asked for.
    pub primary: String,
    /// As asked for.
    pub background: String,
    /// Everything a page needs on the background that was asked for.
    pub light: Palette,
    /// The same for dark mode.
    pub dark: Palette,
}

/// The colours of one mode. Every text has at least 4.5:1 on every surface.
#[derive(Clone, Debug, Serialize)]
pub struct Palette {
    /// `light` or `dark`: how browsers draw what is theirs, such as scroll bars.
    pub scheme: &'static str,
    /// The page itself.
    pub page: String,
    /// Cards and bars.
    pub surface: String,
    /// What lies a little deeper: headings of tables, badges.
    pub sunken: String,
    /// What is chosen.
    pub tint: String,
    /// Body text.
    pub text: String,
    /// Quieter text.
    pub muted: String,
    /// Links and focus.
    pub link: String,
    /// Decorative lines.
    pub line: String,
    /// Edges of inputs, at least 3:1.
    pub control: String,
    /// Filled buttons.
    pub primary: String,
    /// The same under the pointer.
    pub primary_hover: String,
    /// Their edge; the fill itself where that stands out.
    pub primary_line: String,
    /// Text on them.
    pub on_primary: String,
    /// Errors, and what destroys.
    pub danger: String,
    /// Text on that.
    pub on_danger: String,
    /// The ground of an error message.
    pub danger_tint: String,
}

pub(super) fn theme(file: &ThemeFile) -> Theme {
    let read = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Colour>().ok());
    let primary = read(&file.primary).unwrap_or(Colour { r: 0x0f, g: 0x76, b: 0x6e });
    let background = read(&file.background).unwrap_or(Colour::WHITE);
    Theme {
        primary: primary.to_string(),
        background: background.to_string(),
        light: palette(background, primary),
        dark: palette(NIGHT, primary.until_readable(NIGHT, Colour::WHITE, COMFORTABLE)),
    }
}

/// The colours of a page with this background. Where neither black nor white reads well on it, all shades move away from
/// the better of both, so that what is put on them only gains.
fn palette(page: Colour, primary: Colour) -> Palette {
    let pole = page.readable_on();
    let dark = pole == Colour::WHITE;
    let away = if dark { Colour::BLACK } else { Colour::WHITE };
    let roomy = page.contrast(pole) >= ROOMY;
    let (surface, sunken) = match (roomy, dark) {
        (true, true) => (page.mixed(Colour::WHITE, 5), page.mixed(Colour::WHITE, 9)),
        (true, false) => (page.mixed(Colour::WHITE, 60), page.mixed(Colour::WHITE, 60).mixed(SLATE, 5)),
        (false, _) => (page.mixed(away, 8), page.mixed(away, 16)),
    };
    let shaded = |colour: Colour, share: u8| {
        if roomy { surface.mixed(colour, share) } else { surface.mixed(away, share) }
    };
    let readable = |colour: Colour, grounds: &[Colour], ratio: f64| {
        let lowest = |c: Colour| grounds.iter().map(|ground| c.contrast(*ground)).fold(f64::MAX, f64::min);
        (0..=50u8).map(|n| colour.mixed(pole, n * 2)).find(|c| lowest(*c) >= ratio).unwrap_or(pole)
    };

    let accent = readable(primary, &[page, surface, sunken], READABLE);
    let tint = shaded(accent, if dark { 18 } else { 9 });
    let plain = [page, surface, sunken, tint];
    let red = if dark { Colour { r: 0xfd, g: 0xa2, b: 0x9b } } else { Colour { r: 0xb4, g: 0x23, b: 0x18 } };
    let danger_tint = shaded(red, 8);
    let danger = readable(red, &[page, surface, sunken, danger_tint], READABLE);
    let (ink, grey, edge) = if dark {
        ([0xf1, 0xf5, 0xf9], [0xa9, 0xb5, 0xc6], [0x76, 0x84, 0x9a])
    } else {
        ([0x0f, 0x17, 0x2a], [0x47, 0x55, 0x69], [0x7b, 0x87, 0x98])
    };
    let colour = |[r, g, b]: [u8; 3]| Colour { r, g, b };
    let control = readable(colour(edge), &[page, surface], VISIBLE);
    let stands_out = primary.contrast(page).min(primary.contrast(surface)) >= DISTINCT;
    let on_primary = primary.readable_on();
    let deeper = if on_primary == Colour::WHITE { Colour::BLACK } else { Colour::WHITE };
    let softer = primary.mixed(on_primary, 14);
    let primary_hover =
        if softer.contrast(on_primary) >= READABLE { softer } else { primary.mixed(deeper, 14) };
    let line = if roomy {
        surface.mixed(if dark { Colour::WHITE } else { SLATE }, 14)
    } else {
        surface.mixed(pole, 20)
    };
    Palette {
        scheme: if dark { "dark" } else { "light" },
        page: page.to_string(),
        surface: surface.to_string(),
        sunken: sunken.to_string(),
        tint: tint.to_string(),
        text: readable(colour(ink), &plain, STRONG).to_string(),
        muted: readable(colour(grey), &plain, COMFORTABLE).to_string(),
        link: readable(accent, &plain, READABLE).to_string(),
        line: line.to_string(),
        control: control.to_string(),
        primary: primary.to_string(),
        primary_hover: primary_hover.to_string(),
        primary_line: if stands_out { primary } else { control }.to_string(),
        on_primary: on_primary.to_string(),
        danger: danger.to_string(),
        on_danger: danger.readable_on().to_string(),
        danger_tint: danger_tint.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written on what in the pages, with the least contrast it may have.
    fn weakest(palette: &Palette) -> (f64, String) {
        let text = [&palette.text, &palette.muted, &palette.link, &palette.danger];
        let grounds = [&palette.page, &palette.surface, &palette.sunken];
        let mut pairs: Vec<(&String, &String, f64)> =
            text.iter().flat_map(|t| grounds.iter().map(|ground| (*t, *ground, 4.5))).collect();
        pairs.extend([
            (&palette.text, &palette.tint, 4.5),
            (&palette.muted, &palette.tint, 4.5),
            (&palette.link, &palette.tint, 4.5),
            (&palette.danger, &palette.danger_tint, 4.5),
            (&palette.on_danger, &palette.danger, 4.5),
            (&palette.on_primary, &palette.primary, 4.5),
            (&palette.on_primary, &palette.primary_hover, 4.5),
            (&palette.control, &palette.page, 3.0),
            (&palette.control, &palette.surface, 3.0),
        ]);
        let colour = |text: &String| text.parse::<Colour>().unwrap();
        pairs
            .into_iter()
            .map(|(ink, ground, least)| {
                (colour(ink).contrast(colour(ground)) / least, format!("{ink} on {ground}"))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap()
    }

    #[test]
    fn every_colour_can_be_asked_for() {
        let steps = [0x00, 0x33, 0x55, 0x77, 0x99, 0xcc, 0xff];
        let mut colours = Vec::new();
        for r in steps {
            for g in steps {
                colours.extend(steps.map(|b| format!("#{r:02x}{g:02x}{b:02x}")));
            }
        }
        for (n, background) in colours.iter().enumerate() {
            for primary in [background, &colours[n * 37 % colours.len()], &colours[n * 101 % colours.len()]] {
                let file = ThemeFile { primary: Some(primary.clone()), background: Some(background.clone()) };
                let theme = theme(&file);
                assert_eq!((&theme.light.page, &theme.light.primary), (background, primary));
                for palette in [&theme.light, &theme.dark] {
                    let (share, pair) = weakest(palette);
                    assert!(share >= 1.0, "{pair} for {primary} on {background}: {share:.2}");
                }
            }
        }
    }

    #[test]
    fn a_button_never_melts_into_the_page() {
        let white = Some("#ffffff".to_owned());
        let palette = theme(&ThemeFile { primary: white.clone(), background: white }).light;
        assert_eq!(palette.primary_line, palette.control);
        let palette = theme(&ThemeFile::default()).light;
        assert_eq!(palette.primary_line, palette.primary);
    }
}
