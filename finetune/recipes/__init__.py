"""The recipes that ship, as commented YAML; `finetune.recipe` reads them."""
