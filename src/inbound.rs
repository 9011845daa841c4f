//! Webhooks in: is it genuine, what happened, whose turn is it.
//!
//! [`verify`] makes a [`verify::Verified`], which only it can make; [`mod@parse`] turns that into events; [`receive`] is the
//! way of a request through both; [`handling`] runs each event's handlers once.

#[macro_use]
mod words;

mod account;
mod content;
#[cfg(feature = "main")]
pub mod dedupe;
#[cfg(feature = "main")]
pub mod dispatch;
mod generic;
#[cfg(feature = "main")]
pub mod handling;
pub mod hint;
pub mod keys;
pub mod parse;
mod read;
pub mod receive;
mod shape;
mod unknown;
pub mod verify;
mod whatsapp;

#[cfg(test)]
#[cfg(feature = "main")]
pub(crate) mod tests;
