//! What something cost, which is not always known.

use std::fmt;

use serde::{Serialize, Serializer};

use super::money::Money;

/// US dollars, or that nobody knows: a model without a known price costs an unknown amount and never nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost(pub Option<Money>);

impl Default for Cost {
    fn default() -> Self {
        Self(Some(Money::default()))
    }
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.0 = self.0.zip(other.0).map(|(a, b)| a.saturating_add(b));
    }
}

impl fmt::Display for Cost {
    /// Writes `$0.5` or `cost unknown`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(money) => write!(f, "${money}"),
            None => f.write_str("cost unknown"),
        }
    }
}

impl Serialize for Cost {
    /// As `"0.5"` or `"unknown"`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(money) => serializer.collect_str(&money),
            None => serializer.serialize_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_never_nothing() {
        let mut cost = Cost::default();
        assert_eq!(serde_json::to_string(&cost).unwrap(), r#""0""#);
        cost += Cost(Some(Money::from_nanos(500_000_000)));
        assert_eq!(
            (cost.to_string().as_str(), serde_json::to_string(&cost).unwrap().as_str()),
            ("$0.5", r#""0.5""#)
        );
        cost += Cost(None);
        cost += Cost(Some(Money::from_nanos(1)));
        assert_eq!(
            (cost.to_string().as_str(), serde_json::to_string(&cost).unwrap().as_str()),
            ("cost unknown", r#""unknown""#)
        );
    }
}
