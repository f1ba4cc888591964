//! Colours and their contrast.

use std::fmt;
use std::str::FromStr;

use super::named_colours::NAMED;

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
}

impl FromStr for Colour {
    type Err = ();

    /// Reads `#rgb`, `#rrggbb` or a CSS name.
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim().to_ascii_lowercase();
        let code = match text.strip_prefix('#') {
            None => NAMED[NAMED.binary_search_by(|(name, _)| (*name).cmp(&text)).map_err(|_| ())?].1,
            Some(hex) if !hex.bytes().all(|b| b.is_ascii_hexdigit()) => return Err(()),
            Some(hex) if hex.len() == 6 => u32::from_str_radix(hex, 16).map_err(|_| ())?,
            Some(hex) if hex.len() == 3 => {
                let doubled: String = hex.chars().flat_map(|c| [c, c]).collect();
                u32::from_str_radix(&doubled, 16).map_err(|_| ())?
            }
            Some(_) => return Err(()),
        };
        let [_, r, g, b] = code.to_be_bytes();
        Ok(Self { r, g, b })
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

impl Colour {
    /// White.
    pub const WHITE: Self = Self { r: 255, g: 255, b: 255 };
    /// Black.
    pub const BLACK: Self = Self { r: 0, g: 0, b: 0 };

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    pub fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(self.r) + 0.7152 * channel(self.g) + 0.0722 * channel(self.b)
    }

    /// Contrast ratio, 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Black or white, whichever reads better on this colour.
    #[must_use]
    pub fn readable_on(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }

    /// This colour, moved towards `pole` in steps until its contrast on `background` is at least `ratio`.
    #[must_use]
    pub fn until_readable(self, background: Self, pole: Self, ratio: f64) -> Self {
        (0..=50u8)
            .map(|step| self.mixed(pole, step * 2))
            .find(|colour| colour.contrast(background) >= ratio)
            .unwrap_or(pole)
    }

    /// This colour with `percent` of another in it.
    #[must_use]
    pub fn mixed(self, other: Self, percent: u8) -> Self {
        let mix = |a: u8, b: u8| {
            let percent = u32::from(percent.min(100));
            u8::try_from((u32::from(a) * (100 - percent) + u32::from(b) * percent) / 100).unwrap_or(u8::MAX)
        };
        Self { r: mix(self.r, other.r), g: mix(self.g, other.g), b: mix(self.b, other.b) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        for (text, expected) in
            [("#0F766E", "#0f766e"), ("#abc", "#aabbcc"), (" Teal ", "#008080"), ("RebeccaPurple", "#663399")]
        {
            assert_eq!(text.parse::<Colour>().unwrap().to_string(), expected);
        }
        for bad in ["", "#12", "#ggg", "rgb(0,0,0)", "no", "#é12", "#+12345"] {
            assert!(bad.parse::<Colour>().is_err(), "{bad}");
        }
    }

    #[test]
    fn contrast_of_the_poles() {
        assert!((Colour::BLACK.contrast(Colour::WHITE) - 21.0).abs() < 0.01);
        let yellow: Colour = "yellow".parse().unwrap();
        assert_eq!(yellow.readable_on(), Colour::BLACK);
        assert!(yellow.until_readable(Colour::WHITE, Colour::BLACK, 4.5).contrast(Colour::WHITE) >= 4.5);
    }
}
