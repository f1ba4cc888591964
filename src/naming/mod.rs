//! Names: splitting them into words, writing words in the cases of each language, plurals, and what must not be used.

mod case;
mod exceptions;
mod inflect;
mod reserved;

pub use case::{Words, article, capitalized, clip};
pub use inflect::{list_of, plural_of, singular_of};
pub use reserved::{entity_is_reserved, field_is_reserved, filter_is_reserved, route_is_reserved};
