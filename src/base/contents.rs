//! The bytes of a file together with their fingerprint.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;

use super::digest::Digest;

/// The bytes of a file and their fingerprint, worked out once. Cheap to clone; never changes.
#[derive(Clone, PartialEq, Eq)]
pub struct Contents {
    bytes: Bytes,
    digest: Digest,
}

impl Contents {
    /// Their fingerprint.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The bytes by themselves, without a copy.
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}

impl From<Bytes> for Contents {
    /// Without a copy.
    fn from(bytes: Bytes) -> Self {
        let digest = Digest::of(&bytes);
        Self { bytes, digest }
    }
}

impl From<Vec<u8>> for Contents {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Contents {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<&[u8]> for Contents {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<&str> for Contents {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

impl Deref for Contents {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.bytes), f)
    }
}
