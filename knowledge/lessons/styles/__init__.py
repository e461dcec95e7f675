"""The styles of lessons, one module each; the words of a style are templates/*/<style>.yaml."""
