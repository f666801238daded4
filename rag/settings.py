"""Settings: typed data, nothing built here.

Each field is read from the environment with the prefix ``BRIEFING_`` (``BRIEFING_DATA_DIR``), or from
a ``.env`` file in the working folder.  The README's table is checked against this class.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError

DEFAULT_MODEL = "all-MiniLM-L6-v2"


class Settings(BaseSettings):
    """Everything that can be set; one line each in the README."""

    model_config = SettingsConfigDict(
        env_prefix="BRIEFING_", env_file=".env", extra="ignore", frozen=True
    )

    data_dir: Path = Field(
        default=Path("data"), description="Folder that holds the library, the vectors and the log."
    )
    embedding_model: str = Field(
        default=DEFAULT_MODEL,
        description=(
            "Embedding model: the default is carried by an installed package and needs no network; "
            "any other sentence-transformers model by local path or hub name."
        ),
    )
    embedding_multilingual: bool | None = Field(
        default=None,
        description="Whether the embedding model knows more than English; unset: judged by its name.",
    )
    embedding_batch: int = Field(default=16, ge=1, le=1024, description="Texts embedded at a time.")
    embedding_device: str = Field(
        default="cpu", description="Device for the embedding model: cpu, cuda, mps."
    )
    threads: int = Field(
        default=0, ge=0, description="Threads for the embedding model; 0 lets the library decide."
    )
    chroma_url: str | None = Field(
        default=None,
        description="Address of a Chroma server, such as http://127.0.0.1:8001; unset: embedded Chroma.",
    )
    database_url: str | None = Field(
        default=None,
        description=(
            "Store of record, such as postgresql://name:password@host/database; unset: SQLite in the data folder."
        ),
    )
    llm: str | None = Field(
        default=None,
        description=(
            "Chat model as provider:model (openai:gpt-4o-mini, anthropic:..., ollama:...); "
            "unset: the extractive writer, which needs no model."
        ),
    )
    llm_base_url: str | None = Field(
        default=None, description="Base URL of an OpenAI-compatible server."
    )
    llm_api_key: SecretStr | None = Field(
        default=None, description="Key for the chat model; the provider's own variable works too."
    )
    llm_timeout: float = Field(
        default=60.0, gt=0, description="Seconds that one call to the chat model may take."
    )
    llm_retries: int = Field(
        default=2, ge=0, le=10, description="Retries, with back-off, after a time-out or a 429/5xx."
    )
    llm_temperature: float = Field(
        default=0.0, ge=0, le=2, description="Sampling temperature of the chat model."
    )
    prompts_dir: Path | None = Field(
        default=None, description="Folder whose *.j2 files replace the shipped prompts by name."
    )
    passages: int = Field(
        default=30, ge=10, le=100, description="Ranked passages that the writer is given."
    )
    answer_words: int = Field(
        default=140, ge=40, le=1000, description="Words that an answer should not exceed."
    )
    max_file_mb: int = Field(default=100, ge=1, description="Largest file taken in, in MiB.")
    max_pages: int = Field(default=2000, ge=1, description="Most pages of one PDF.")
    parse_seconds: int = Field(
        default=120, ge=1, description="Wall-clock seconds for reading one file."
    )
    parse_cpu_seconds: int = Field(
        default=120, ge=1, description="Processor seconds for reading one file."
    )
    parse_memory_mb: int = Field(
        default=1536, ge=256, description="Memory of the process that reads one file, in MiB."
    )
    page_cache_mb: int = Field(
        default=256, ge=8, description="Page images of PDFs kept on disk, in MiB; the oldest go first."
    )
    max_unpacked_mb: int = Field(
        default=100, ge=1, description="Unpacked size of a DOCX file or a compressed PDF stream, in MiB."
    )
    max_archive_entries: int = Field(default=5000, ge=1, description="Most parts of a DOCX file.")
    max_pack_ratio: int = Field(
        default=100, ge=2, description="How many times smaller a part of a DOCX file may be packed."
    )
    max_upload_mb: int = Field(default=100, ge=1, description="Largest upload, in MiB.")
    allowed_hosts: str = Field(
        default="",
        description=(
            "Host names besides localhost that the web application answers to, separated by commas; "
            "* for any (only behind a proxy that checks them)."
        ),
    )
    stop_seconds: float = Field(
        default=15.0,
        ge=0,
        description=(
            "Seconds that running answers, and after them a running memo, get to finish when the server "
            "is stopped."
        ),
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Form of the server's log: text, or json (one object a line)."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe lines that are logged: debug, info, warning, error."
    )
    auth: Literal["none", "password", "proxy"] = Field(
        default="none",
        description=(
            "Who may use the web application: none (whoever reaches it, so it listens on loopback only), "
            "password (accounts made with briefing users add), proxy (a proxy in front logs people in)."
        ),
    )
    session_idle_hours: float = Field(
        default=12.0, gt=0, description="Hours without use after which a log-in ends."
    )
    session_max_hours: float = Field(
        default=168.0, gt=0, description="Hours after which a log-in ends in any case."
    )
    cookie_secure: bool | None = Field(
        default=None,
        description=(
            "Send the session cookie over https only; unset: when the request came over https, also as told "
            "by a trusted proxy."
        ),
    )
    login_attempts: int = Field(
        default=5,
        ge=1,
        description=(
            "Wrong passwords per quarter of an hour for one name from one address; five times as many from "
            "one address, twenty times as many for one name."
        ),
    )
    asks_per_minute: int = Field(
        default=60,
        ge=1,
        description="Questions, searches and memos of one user per minute; not counted with BRIEFING_AUTH=none.",
    )
    uploads_per_hour: int = Field(
        default=600, ge=1, description="Uploads of one user per hour; not counted with BRIEFING_AUTH=none."
    )
    trusted_proxies: str = Field(
        default="",
        description=(
            "Addresses or networks of proxies, separated by commas, whose X-Forwarded-For, X-Forwarded-Proto "
            "and user header are believed."
        ),
    )
    proxy_user_header: str = Field(
        default="X-Forwarded-User",
        min_length=1,
        description="Header in which the proxy names the user, for BRIEFING_AUTH=proxy.",
    )
    proxy_role: Literal["reader", "editor", "admin"] = Field(
        default="reader", description="Role of users whom the proxy names for the first time."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Bearer token that opens /metrics from other machines; unset: admins only, and loopback.",
    )
    log_questions: bool = Field(
        default=False, description="Write question texts into the log."
    )

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the store of record."""
        return self.database_url or f"sqlite:///{self.data_dir / 'library.sqlite'}"


def load_settings(**overrides: object) -> Settings:
    """Reads the environment, then applies ``overrides`` that are not None.

    Raises:
        SettingsError: names the setting, the value and what is allowed.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "BRIEFING_" + "_".join(str(p) for p in first["loc"]).upper()
        raise SettingsError(
            f"{name} is {first.get('input')!r}: {first['msg']}. Correct the setting and try again."
        ) from error


