import pytest
from accelerate.commands.config.config_args import ClusterConfig, load_config_from_file
from accelerate.commands.launch import launch_command_parser
from accelerate.utils import FullyShardedDataParallelPlugin

from finetune import launch

KINDS = {"ddp": "MULTI_GPU", "fsdp2": "FSDP", "zero2": "DEEPSPEED", "zero3": "DEEPSPEED"}


def test_every_file_is_listed_and_tested():
    assert set(launch.files()) == set(KINDS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_accelerate_reads_the_file(name):
    path = launch.files()[name]
    config = load_config_from_file(str(path))  # refuses unknown keys
    assert isinstance(config, ClusterConfig)
    assert config.distributed_type == KINDS[name]
    assert config.mixed_precision == "bf16"
    assert f"--config_file {path.name}" in path.read_text(encoding="utf-8").splitlines()[0]


def test_every_setting_is_an_option_of_the_launcher():
    known = {action.dest for action in launch_command_parser()._actions}
    for name in ("fsdp2", "zero2", "zero3"):
        config = load_config_from_file(str(launch.files()[name]))
        given = {**config.fsdp_config, **config.deepspeed_config}
        assert given
        assert set(given) <= known, set(given) - known


def test_the_plugin_of_fsdp_takes_its_settings(monkeypatch):
    config = load_config_from_file(str(launch.files()["fsdp2"])).fsdp_config
    for key, value in config.items():
        monkeypatch.setenv(
            key.upper(), str(value).lower() if isinstance(value, bool) else str(value)
        )
    plugin = FullyShardedDataParallelPlugin()
    assert plugin.fsdp_version == 2
    assert plugin.reshard_after_forward is True
    assert plugin.activation_checkpointing is False


def test_the_stages_of_deepspeed():
    stages = [
        load_config_from_file(str(launch.files()[name])).deepspeed_config["zero_stage"]
        for name in ("zero2", "zero3")
    ]
    assert stages == [2, 3]
