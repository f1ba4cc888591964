//! Money without rounding.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::settings::InvalidSetting;

/// US dollars, counted in billionths, so that one token of the cheapest model is still a whole number of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money(u64);

const UNIT: u64 = 1_000_000_000;

impl Money {
    /// From billionths of a dollar.
    pub fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// In billionths of a dollar.
    pub fn nanos(self) -> u64 {
        self.0
    }

    /// What so many tokens cost at this price for a million of them; a fraction of a billionth counts as a whole one.
    #[must_use]
    pub fn for_tokens(self, tokens: u64) -> Self {
        let nanos = (u128::from(self.0) * u128::from(tokens)).div_ceil(1_000_000);
        Self(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The sum, at most the largest amount there is.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, at least nothing.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Money {
    /// Writes the amount without a currency sign: `0.5`, `12`, `0.000375`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / UNIT, self.0 % UNIT);
        if fraction == 0 {
            return write!(f, "{whole}");
        }
        let digits = format!("{fraction:09}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}

impl FromStr for Money {
    type Err = InvalidSetting;

    /// Reads `2`, `0.50` or `$0.50`, with at most nine decimals.
    fn from_str(text: &str) -> Result<Self, InvalidSetting> {
        let invalid = InvalidSetting { what: "cost", expected: "an amount in US dollars such as 0.50" };
        let text = text.trim();
        let text = text.strip_prefix('$').unwrap_or(text);
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty())
            || fraction.len() > 9
            || !digits(whole)
            || !digits(fraction)
        {
            return Err(invalid);
        }
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid.clone())? };
        let fraction: u64 = format!("{fraction:0<9}").parse().map_err(|_| invalid.clone())?;
        whole.checked_mul(UNIT).and_then(|nanos| nanos.checked_add(fraction)).map(Self).ok_or(invalid)
    }
}

impl TryFrom<String> for Money {
    type Error = InvalidSetting;

    fn try_from(text: String) -> Result<Self, InvalidSetting> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> Self {
        money.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_without_rounding() {
        for (text, nanos, back) in [
            ("0", 0, "0"),
            ("2", 2_000_000_000, "2"),
            ("0.50", 500_000_000, "0.5"),
            ("$.000000001", 1, "0.000000001"),
            ("12.", 12_000_000_000, "12"),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!((money.nanos(), money.to_string().as_str()), (nanos, back), "{text}");
        }
        for bad in ["", ".", "-1", "1e3", "1.0000000001", "99999999999999", "1,5", "$"] {
            assert!(bad.parse::<Money>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn tokens_cost_their_share_of_a_million() {
        let price: Money = "0.75".parse().unwrap();
        assert_eq!(price.for_tokens(1_000_000), price);
        assert_eq!(price.for_tokens(1).nanos(), 750);
        assert_eq!(Money::from_nanos(1).for_tokens(1).nanos(), 1);
        assert_eq!(Money::from_nanos(u64::MAX).for_tokens(u64::MAX).nanos(), u64::MAX);
    }
}
