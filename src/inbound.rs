//! Webhooks in: is it genuine, what happened, whose turn is it.
//!
//! [`verify`] makes a [`verify::Verified`], which only it can make; [`parse`](mod@parse) turns that into events.

mod account;
mod content;
mod generic;
pub mod parse;
mod read;
pub mod verify;
mod whatsapp;

#[cfg(test)]
mod vectors;
