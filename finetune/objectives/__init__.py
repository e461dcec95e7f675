"""What a round optimises: `sft` learns answers, `pretrain` learns plain text, one loop for both."""
