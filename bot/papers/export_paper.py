"""Results, contacts, messages or the audit as a file to be sent: CSV, XLSX or PDF."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.flows import tally
from bot.flows.outcome_lines import in_one_line
from bot.flows.papers import Made, Progress, Sources
from bot.model.campaign import Campaign
from bot.model.chat import Phrase, say
from bot.model.text import folded
from bot.papers.campaign_pdf import campaign_pdf
from bot.papers.campaign_sheets import coverage_sheet, daily_sheet, days_sheet, results_sheet, summary_sheet
from bot.papers.csv_file import csv_file
from bot.papers.listings import audit_sheet, contacts_sheet, deliveries_sheet
from bot.papers.pdf_file import Report, pdf_file
from bot.papers.reader import Reader, campaign_of, reader_of
from bot.papers.sheet import Sheet
from bot.papers.xlsx_file import xlsx_file
from storage.tables import Tables

MIMETYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
#: Letters of a campaign's name in a file name: what a phone shows of it.
LONGEST_NAME = 48
_LISTINGS = {"contacts": contacts_sheet, "deliveries": deliveries_sheet, "audit": audit_sheet}


def export(sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
    """Facts: `format`, csv, xlsx or pdf; `what`, results (with `campaign`, its id), contacts, deliveries or audit;
    `numbers`, whether phone numbers are written in full.
    """
    reader, numbers = reader_of(sources), bool(facts.get("numbers"))
    campaign = campaign_of(sources, facts)
    if campaign is None:
        sheet = _LISTINGS[facts["what"]](sources.tables, reader, numbers=numbers)
        return _listing(reader, sheet, facts["format"], numbers=numbers)
    content = _of_campaign(sources, reader, campaign, facts["format"], progress, numbers=numbers)
    counts = in_one_line(tally.outcomes(sources.tables, campaign))
    line = say("export.campaign", name=campaign.name, id=campaign.id, outcomes=counts)
    name = _file_name(reader, campaign.name, facts["format"])
    return Made(content, MIMETYPES[facts["format"]], name, (line, _about_numbers(numbers)))


def _of_campaign(
    sources: Sources, reader: Reader, campaign: Campaign, format_: str, progress: Progress, *, numbers: bool
) -> bytes:
    tables = sources.tables
    if format_ == "pdf":
        return campaign_pdf(sources, reader, campaign, progress, numbers=numbers)
    results = results_sheet(tables, reader, campaign, numbers=numbers)
    if format_ == "csv":
        return csv_file(results, reader.language, reader.zone)
    return xlsx_file(_book(tables, reader, campaign, results), campaign.name, reader.zone)


def _book(tables: Tables, reader: Reader, campaign: Campaign, results: Sheet) -> list[Sheet]:
    sheets = [summary_sheet(tables, reader, campaign), results, days_sheet(tables, reader, campaign)]
    if campaign.rules.daily:
        sheets.append(daily_sheet(tables, reader, campaign))
    return [*sheets, coverage_sheet(tables, reader, campaign)]


def _listing(reader: Reader, sheet: Sheet, format_: str, *, numbers: bool) -> Made:
    if format_ == "csv":
        content = csv_file(sheet, reader.language, reader.zone)
    elif format_ == "xlsx":
        content = xlsx_file([sheet], sheet.name, reader.zone)
    else:
        content = pdf_file(_plain_report(reader, sheet), reader.zone)
    line = say("export.listing", name=sheet.name, count=len(sheet.rows))
    return Made(content, MIMETYPES[format_], _file_name(reader, sheet.name, format_), (line, _about_numbers(numbers)))


def _plain_report(reader: Reader, sheet: Sheet) -> Report:
    return Report(
        title=sheet.name,
        subtitle=reader.say("pdf.subtitle", at=reader.now),
        facts=(),
        chart=None,
        table=sheet,
        proofs_title="",
        proofs=(),
        foot=reader.say("pdf.foot", page="{page}", pages="{pages}"),
    )


def _about_numbers(numbers: bool) -> Phrase:
    return say("export.full") if numbers else say("export.masked")


def _file_name(reader: Reader, about: str, format_: str) -> str:
    """For example `promo-mayo-2026-05-06.xlsx`, in letters that any machine's files can have."""
    words = re.sub(r"[^a-z0-9]+", "-", folded(about))[:LONGEST_NAME].strip("-") or "testigo"
    return f"{words}-{reader.today.isoformat()}.{format_}"
